package dev.kennel.engine.plan;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import graphql.GraphQLContext;
import graphql.execution.ExecutionContext;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds or compiles the plan of an operation, or decides to fall back to graphql-java.
 */
public final class Planner {

	private static final Logger logger = LoggerFactory.getLogger(Planner.class);

	/**
	 * The plans of operations whose context has none, as long as their documents are
	 * reachable.
	 */
	private final Map<OperationDefinition, PlanVariants> uncached = Collections.synchronizedMap(new WeakHashMap<>());

	private final ExecutionCounts counts;

	/**
	 * Creates a planner.
	 * @param counts the counters of its decisions
	 */
	public Planner(ExecutionCounts counts) {
		this.counts = counts;
	}

	/**
	 * Returns the plan of an operation, or null if graphql-java has to execute it, whose
	 * strategy then calls {@link #planOrCount}.
	 */
	public @Nullable OperationPlan plan(ExecutionContext context, PlanVariants plans) {
		if (FallbackReason.find(context) != null) {
			return null;
		}
		OperationPlan found = plans.find(context);
		OperationPlan plan = (found != null) ? found : plans.compile(context);
		if (found == null) {
			this.counts.planCompiled();
		}
		if (plan.introspects()) {
			return null;
		}
		if (found != null) {
			this.counts.planFound();
		}
		return plan;
	}

	/** Returns the plans in the context, or those of the uncached operation. */
	public PlanVariants plans(GraphQLContext context, Document document, OperationDefinition operation) {
		PlanVariants kept = context.get(PlanVariants.class);
		return (kept != null) ? kept
				: this.uncached.computeIfAbsent(operation, (same) -> new PlanVariants(document, same, (bytes) -> {
				}));
	}

	/**
	 * Returns the plan of an operation, or counts a fallback and returns null.
	 */
	public @Nullable OperationPlan planOrCount(ExecutionContext context) {
		OperationPlan plan = plan(context,
				plans(context.getGraphQLContext(), context.getDocument(), context.getOperationDefinition()));
		if (plan == null) {
			FallbackReason found = FallbackReason.find(context);
			FallbackReason reason = (found != null) ? found : FallbackReason.INTROSPECTION;
			this.counts.fallback(reason);
			logger.debug("An operation is left to graphql-java: {}", reason);
		}
		return plan;
	}

}
