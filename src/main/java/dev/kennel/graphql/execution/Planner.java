package dev.kennel.graphql.execution;

import graphql.execution.ExecutionContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides which operations are run by a plan, and keeps the plans. */
final class Planner {

	private static final Logger logger = LoggerFactory.getLogger(Planner.class);

	private final OperationPlans plans;

	private final ExecutionCounts counts;

	Planner(ExecutionCounts counts) {
		this.plans = new OperationPlans(counts);
		this.counts = counts;
	}

	/** Answers the operation's plan, or null if graphql-java is to run it. */
	@Nullable OperationPlan plan(ExecutionContext context) {
		Handover reason = Handover.find(context);
		if (reason == null) {
			OperationPlan plan = this.plans.plan(context);
			if (!plan.introspects()) {
				return plan;
			}
			reason = Handover.INTROSPECTION;
		}
		this.counts.handedOver(reason);
		logger.debug("An operation is left to graphql-java: {}", reason);
		return null;
	}

}
