package dev.kennel.graphql.execution;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStrategyParameters;
import graphql.language.Directive;
import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.VariableReference;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;

/**
 * The plans of documents, as long as those are in use: whoever keeps a document keeps its
 * plans. They hold parts of the document, but never the document.
 */
final class OperationPlans {

	/** More outcomes of conditions than these are compiled each time. */
	static final int MAX_VARIANTS = 16;

	private final Map<Document, DocumentPlans> documents = Collections.synchronizedMap(new WeakHashMap<>());

	private final ExecutionCounts counts;

	OperationPlans(ExecutionCounts counts) {
		this.counts = counts;
	}

	/** Answers the plan of an operation, for the variables of this request. */
	OperationPlan plan(ExecutionContext context, ExecutionStrategyParameters parameters) {
		DocumentPlans plans = this.documents.get(context.getDocument());
		if (plans == null || !plans.schema.equals(context.getGraphQLSchema())) {
			plans = new DocumentPlans(context.getGraphQLSchema());
			this.documents.put(context.getDocument(), plans);
		}
		return plans.operation(context).plan(context, parameters, this.counts);
	}

	/** The operations of a document. */
	private static final class DocumentPlans {

		private final GraphQLSchema schema;

		/** An operation is named by its place in the document. */
		private final Map<Integer, Variants> operations = new ConcurrentHashMap<>();

		DocumentPlans(GraphQLSchema schema) {
			this.schema = schema;
		}

		Variants operation(ExecutionContext context) {
			int index = context.getDocument().getDefinitions().indexOf(context.getOperationDefinition());
			return (index < 0) ? new Variants(context)
					: this.operations.computeIfAbsent(index, (key) -> new Variants(context));
		}

	}

	/** The plans of an operation, by what its conditions come to. */
	private static final class Variants {

		private final Map<String, FragmentDefinition> fragments;

		private final List<String> variables;

		private final Map<List<@Nullable Object>, OperationPlan> plans = new ConcurrentHashMap<>();

		Variants(ExecutionContext context) {
			this.fragments = context.getFragmentsByName();
			Set<String> names = new TreeSet<>();
			addVariables(context.getOperationDefinition(), names);
			this.fragments.values().forEach((fragment) -> addVariables(fragment, names));
			this.variables = List.copyOf(names);
		}

		private static void addVariables(Node<?> node, Set<String> names) {
			if (node instanceof Directive directive) {
				if (directive.getName().equals("skip") || directive.getName().equals("include")) {
					directive.getArguments().forEach((argument) -> {
						if (argument.getValue() instanceof VariableReference variable) {
							names.add(variable.getName());
						}
					});
				}
				return;
			}
			node.getChildren().forEach((child) -> addVariables(child, names));
		}

		OperationPlan plan(ExecutionContext context, ExecutionStrategyParameters parameters, ExecutionCounts counts) {
			List<@Nullable Object> outcome = new ArrayList<>(this.variables.size());
			for (String variable : this.variables) {
				outcome.add(context.getCoercedVariables().get(variable));
			}
			OperationPlan plan = this.plans.get(outcome);
			if (plan != null) {
				counts.planFound();
				return plan;
			}
			Map<String, @Nullable Object> conditions = new HashMap<>();
			for (String variable : this.variables) {
				conditions.put(variable, context.getCoercedVariables().get(variable));
			}
			GraphQLObjectType root = parameters.getExecutionStepInfo().getUnwrappedNonNullTypeAs();
			plan = new OperationPlan(context.getGraphQLSchema(), this.fragments, conditions, root,
					parameters.getFields());
			counts.planCompiled();
			if (this.plans.size() < MAX_VARIANTS) {
				this.plans.put(outcome, plan);
			}
			return plan;
		}

	}

}
