package dev.kennel.engine;

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
 * Finds or compiles the plan of an operation, or decides that graphql-java executes it.
 */
public final class Planner {

	private static final Logger logger = LoggerFactory.getLogger(Planner.class);

	/**
	 * Of operations whose context has none, for as long as their documents are in use.
	 */
	private final Map<OperationDefinition, OperationPlans> uncached = Collections.synchronizedMap(new WeakHashMap<>());

	private final ExecutionCounts counts;

	/**
	 * Creates a planner.
	 * @param counts counts its decisions
	 */
	public Planner(ExecutionCounts counts) {
		this.counts = counts;
	}

	/**
	 * Returns the plan of an operation, or null if graphql-java executes it, which then
	 * calls {@link #planOrCount}.
	 */
	@Nullable OperationPlan plan(ExecutionContext context) {
		OperationPlan plan = (FallbackReason.find(context) == null)
				? plans(context.getGraphQLContext(), context.getDocument(), context.getOperationDefinition())
					.plan(context, this.counts)
				: null;
		return (plan != null && !plan.introspects()) ? plan : null;
	}

	/** Returns the plans that the context holds, or those of an uncached operation. */
	OperationPlans plans(GraphQLContext context, Document document, OperationDefinition operation) {
		OperationPlans kept = context.get(OperationPlans.class);
		return (kept != null) ? kept
				: this.uncached.computeIfAbsent(operation, (same) -> new OperationPlans(document, same, (bytes) -> {
				}));
	}

	/**
	 * Returns the plan of an operation, or null, counted, if graphql-java executes it.
	 */
	@Nullable OperationPlan planOrCount(ExecutionContext context) {
		OperationPlan plan = plan(context);
		if (plan == null) {
			FallbackReason found = FallbackReason.find(context);
			FallbackReason reason = (found != null) ? found : FallbackReason.INTROSPECTION;
			this.counts.handedOver(reason);
			logger.debug("An operation is left to graphql-java: {}", reason);
		}
		return plan;
	}

}
