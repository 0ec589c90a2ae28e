package dev.kennel.graphql.execution;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import graphql.execution.ExecutionContext;
import graphql.language.OperationDefinition;

/**
 * The plans of operations, as long as those are in use: whoever keeps a document keeps
 * its plans.
 */
final class OperationPlans {

	/** Of documents that somebody else has prepared. */
	private final Map<OperationDefinition, OperationVariants> others = Collections.synchronizedMap(new WeakHashMap<>());

	private final ExecutionCounts counts;

	OperationPlans(ExecutionCounts counts) {
		this.counts = counts;
	}

	/** Answers the plan of an operation, for the variables of this request. */
	OperationPlan plan(ExecutionContext context) {
		PreparedOperation prepared = PreparedDocument.running(context.getGraphQLContext());
		OperationVariants variants = (prepared != null) ? OperationVariants.of(prepared)
				: this.others.computeIfAbsent(context.getOperationDefinition(),
						(operation) -> new OperationVariants(context.getDocument(), operation, (bytes) -> {
						}));
		return variants.plan(context, this.counts);
	}

}
