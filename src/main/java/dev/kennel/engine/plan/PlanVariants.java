package dev.kennel.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

import dev.kennel.engine.incremental.IncrementalFormat;
import graphql.GraphQLContext;
import graphql.execution.ExecutionContext;
import graphql.language.Argument;
import graphql.language.Directive;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.OperationDefinition;
import graphql.language.VariableReference;
import org.jspecify.annotations.Nullable;

/**
 * The plans of an operation, one for each combination of values of the variables in
 * conditions ({@code @skip}, {@code @include}, {@code @defer}, {@code @stream}) and for
 * each format of incremental delivery. A document cache keeps them with the operation and
 * puts them into the context of each execution. They reference parts of the document, but
 * not the document itself.
 */
public final class PlanVariants {

	/** Plans beyond this limit are compiled for each execution. */
	static final int MAX_VARIANTS = 16;

	/** The directives whose {@code if} decides what a plan contains. */
	private static final Set<String> CONDITIONAL = Set.of("skip", "include", DeferredFieldCollector.DEFER,
			DeferredFieldCollector.STREAM);

	/** An entry of a hash map; the document owns its strings. */
	private static final int BYTES_PER_FRAGMENT = 64;

	private final Map<String, FragmentDefinition> fragments;

	private final List<String> variables;

	/** Whether the document has {@code @defer} or {@code @stream}. */
	private final boolean incremental;

	private final Map<List<@Nullable Object>, OperationPlan> plans = new ConcurrentHashMap<>();

	/** Receives the growth of the plans in bytes. */
	private final LongConsumer growth;

	/**
	 * Creates the plans of an operation. Each is compiled on first use.
	 * @param document the document, which is valid
	 * @param operation the operation
	 * @param growth receives the additional bytes whenever a plan is compiled or grows
	 */
	public PlanVariants(Document document, OperationDefinition operation, LongConsumer growth) {
		this.growth = growth;
		this.fragments = new LinkedHashMap<>();
		document.getDefinitionsOfType(FragmentDefinition.class)
			.forEach((fragment) -> this.fragments.put(fragment.getName(), fragment));
		Set<String> names = new TreeSet<>();
		Set<String> directives = new HashSet<>();
		addVariables(operation, names, directives);
		this.fragments.values().forEach((fragment) -> addVariables(fragment, names, directives));
		this.variables = List.copyOf(names);
		this.incremental = (directives.contains(DeferredFieldCollector.DEFER) || directives.contains(DeferredFieldCollector.STREAM))
				&& !isSerial(operation);
		growth.accept((long) this.fragments.size() * BYTES_PER_FRAGMENT);
	}

	/**
	 * Makes the engine use these plans for an execution.
	 * @param context the context of the execution, which is one of the operation
	 */
	public void putInto(GraphQLContext context) {
		context.put(PlanVariants.class, this);
	}

	/**
	 * Returns whether an operation is a mutation of several fields: a later one may
	 * change what a deferred fragment of an earlier one depends on, such as the caller.
	 */
	private static boolean isSerial(OperationDefinition operation) {
		List<?> fields = operation.getSelectionSet().getSelections();
		return operation.getOperation() == OperationDefinition.Operation.MUTATION
				&& (fields.size() > 1 || !(fields.getFirst() instanceof Field));
	}

	private static void addVariables(Node<?> node, Set<String> names, Set<String> directives) {
		if (node instanceof Directive directive) {
			if (CONDITIONAL.contains(directive.getName())) {
				directives.add(directive.getName());
				Argument condition = directive.getArgument("if");
				if (condition != null && condition.getValue() instanceof VariableReference variable) {
					names.add(variable.getName());
				}
			}
			return;
		}
		node.getChildren().forEach((child) -> addVariables(child, names, directives));
	}

	/**
	 * Returns whether the operation may be delivered in parts, so that it can't be
	 * executed again after the first.
	 * @return whether it has {@code @defer} or {@code @stream}, whatever the variables
	 * are
	 */
	public boolean mayDeliverIncrementally() {
		return this.incremental;
	}

	/** Returns the fragments of the document by name. */
	public Map<String, FragmentDefinition> fragments() {
		return this.fragments;
	}

	/**
	 * Returns the plan for the variables of an execution, or null if it is not compiled.
	 */
	@Nullable OperationPlan find(ExecutionContext context) {
		OperationPlan plan = this.plans.get(conditionValues(context, format(context)));
		return (plan != null && plan.schema().equals(context.getGraphQLSchema())) ? plan : null;
	}

	/** Returns the format that the client accepts, if the document needs one. */
	private @Nullable IncrementalFormat format(ExecutionContext context) {
		return this.incremental ? IncrementalFormat.of(context.getGraphQLContext()) : null;
	}

	/** Compiles the plan for the variables of an execution. */
	OperationPlan compile(ExecutionContext context) {
		IncrementalFormat format = format(context);
		Map<String, @Nullable Object> conditions = new HashMap<>();
		for (String variable : this.variables) {
			conditions.put(variable, context.getCoercedVariables().get(variable));
		}
		boolean cacheable = this.plans.size() < MAX_VARIANTS;
		OperationPlan plan = new OperationPlan(context.getGraphQLSchema(), this.fragments, conditions,
				context.getOperationDefinition(), format, cacheable ? this.growth : (bytes) -> {
				});
		if (cacheable) {
			this.plans.put(conditionValues(context, format), plan);
		}
		return plan;
	}

	private List<@Nullable Object> conditionValues(ExecutionContext context, @Nullable IncrementalFormat format) {
		if (this.variables.isEmpty() && format == null) {
			return List.of();
		}
		List<@Nullable Object> values = new ArrayList<>(this.variables.size() + 1);
		if (format != null) {
			values.add(format);
		}
		for (String variable : this.variables) {
			values.add(context.getCoercedVariables().get(variable));
		}
		return values;
	}

}
