package dev.kennel.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

import graphql.GraphQLContext;
import graphql.execution.ExecutionContext;
import graphql.language.Directive;
import graphql.language.Document;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.VariableReference;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;

/**
 * The plans of an operation, one for each outcome of its conditions. A cache of documents
 * keeps them with the operation and puts them into the context of each execution; they
 * hold parts of the document, but not the document itself.
 */
public final class OperationPlans {

	/** More outcomes of conditions than these are compiled each time. */
	static final int MAX_VARIANTS = 16;

	/** An entry of a hash map; the text is the document's. */
	private static final int BYTES_PER_FRAGMENT = 64;

	private final Map<String, FragmentDefinition> fragments;

	private final List<String> variables;

	private final Map<List<@Nullable Object>, OperationPlan> plans = new ConcurrentHashMap<>();

	/** Is told how much more memory the plans take. */
	private final LongConsumer growth;

	/**
	 * Creates the plans of an operation, of which none is compiled yet.
	 * @param document the document, which is valid
	 * @param operation the operation
	 * @param growth told of the bytes that the plans take, as they are compiled
	 */
	public OperationPlans(Document document, OperationDefinition operation, LongConsumer growth) {
		this.growth = growth;
		this.fragments = new LinkedHashMap<>();
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> this.fragments.put(fragment.getName(), fragment));
		Set<String> names = new TreeSet<>();
		addVariables(operation, names);
		this.fragments.values().forEach((fragment) -> addVariables(fragment, names));
		this.variables = List.copyOf(names);
		growth.accept((long) this.fragments.size() * BYTES_PER_FRAGMENT);
	}

	/**
	 * Has the engine take its plans from here.
	 * @param context the context of an execution of the operation
	 */
	public void putInto(GraphQLContext context) {
		context.put(OperationPlans.class, this);
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

	/** The document's fragments by their names. */
	Map<String, FragmentDefinition> fragments() {
		return this.fragments;
	}

	/** Returns the plan for the variables of an execution. */
	OperationPlan plan(ExecutionContext context, ExecutionCounts counts) {
		List<@Nullable Object> outcome = outcome(context);
		OperationPlan plan = this.plans.get(outcome);
		GraphQLSchema schema = context.getGraphQLSchema();
		if (plan != null && plan.schema().equals(schema)) {
			counts.planFound();
			return plan;
		}
		Map<String, @Nullable Object> conditions = new HashMap<>();
		for (String variable : this.variables) {
			conditions.put(variable, context.getCoercedVariables().get(variable));
		}
		boolean kept = this.plans.size() < MAX_VARIANTS;
		plan = new OperationPlan(schema, this.fragments, conditions, context.getOperationDefinition(),
				kept ? this.growth : (bytes) -> {
				});
		counts.planCompiled();
		if (kept) {
			this.plans.put(outcome, plan);
		}
		return plan;
	}

	private List<@Nullable Object> outcome(ExecutionContext context) {
		if (this.variables.isEmpty()) {
			return List.of();
		}
		List<@Nullable Object> outcome = new ArrayList<>(this.variables.size());
		for (String variable : this.variables) {
			outcome.add(context.getCoercedVariables().get(variable));
		}
		return outcome;
	}

}
