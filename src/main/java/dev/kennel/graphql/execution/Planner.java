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

	/**
	 * Answers the operation's plan, or null if graphql-java is to run it, which then asks
	 * by {@link #planOrCount}.
	 */
	@Nullable OperationPlan plan(ExecutionContext context) {
		OperationPlan plan = (Handover.find(context) == null) ? this.plans.plan(context) : null;
		return (plan != null && !plan.introspects()) ? plan : null;
	}

	/** Answers the operation's plan, or null, counted, if graphql-java runs it. */
	@Nullable OperationPlan planOrCount(ExecutionContext context) {
		OperationPlan plan = plan(context);
		if (plan == null) {
			Handover found = Handover.find(context);
			Handover reason = (found != null) ? found : Handover.INTROSPECTION;
			this.counts.handedOver(reason);
			logger.debug("An operation is left to graphql-java: {}", reason);
		}
		return plan;
	}

}
