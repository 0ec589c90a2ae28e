package dev.kennel.engine.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;

import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.engine.plan.DeferredFieldCollector.SelectedField;
import graphql.execution.ExecutionStepInfo;
import graphql.execution.FieldCollector;
import graphql.execution.FieldCollectorParameters;
import graphql.execution.MergedField;
import graphql.execution.ResultPath;
import graphql.introspection.Introspection;
import graphql.language.FragmentDefinition;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import graphql.schema.impl.SchemaUtil;
import org.jspecify.annotations.Nullable;

/**
 * An operation, compiled for one outcome of its {@code @skip} and {@code @include}
 * conditions: it contains no excluded fields. graphql-java's {@link FieldCollector}
 * collects and merges the fields.
 *
 * <p>
 * Selections below the root are compiled for the first object of a type, since most
 * possible types of an interface never occur.
 */
public final class OperationPlan {

	private static final FieldCollector COLLECTOR = new FieldCollector();

	private final GraphQLSchema schema;

	private final Map<String, FragmentDefinition> fragments;

	/** The values of the variables that conditions use; a value may be null. */
	private final Map<String, @Nullable Object> conditions;

	/** Receives the growth of the plan in bytes. */
	private final LongConsumer growth;

	private final ObjectPlan root;

	private final ExecutionStepInfo rootStepInfo;

	/** The format of incremental delivery, or null for a whole result. */
	private final @Nullable IncrementalFormat format;

	private final boolean introspection;

	OperationPlan(GraphQLSchema schema, Map<String, FragmentDefinition> fragments,
			Map<String, @Nullable Object> conditions, OperationDefinition operation, @Nullable IncrementalFormat format,
			LongConsumer growth) {
		this.schema = schema;
		this.growth = growth;
		this.format = format;
		this.fragments = fragments;
		this.conditions = new HashMap<>(conditions);
		GraphQLObjectType rootType = SchemaUtil.getOperationRootType(schema, operation);
		this.root = reportSize((format != null)
				? objectPlan(selectedFields(rootType).add(operation.getSelectionSet(), null), rootType, Set.of(), 1)
				: new ObjectPlan(this, rootType,
						COLLECTOR.collectFields(collectorParameters(rootType), operation.getSelectionSet(), false), 1));
		this.rootStepInfo = ExecutionStepInfo.newExecutionStepInfo().type(rootType).path(ResultPath.rootPath()).build();
		this.introspection = introspects(this.root)
				|| this.root.deferred().stream().anyMatch((deferred) -> introspects(deferred.plan()));
	}

	private FieldCollectorParameters collectorParameters(GraphQLObjectType type) {
		return FieldCollectorParameters.newParameters()
			.schema(this.schema)
			.objectType(type)
			.fragments(this.fragments)
			.variables(this.conditions)
			.build();
	}

	/** Returns the step of the root object. */
	public ExecutionStepInfo rootStepInfo() {
		return this.rootStepInfo;
	}

	GraphQLSchema schema() {
		return this.schema;
	}

	/** Returns the plan of the root object. */
	public ObjectPlan root() {
		return this.root;
	}

	/** Returns the format of incremental delivery, or null for a whole result. */
	public @Nullable IncrementalFormat format() {
		return this.format;
	}

	/** Returns whether the operation is an introspection query, or contains one. */
	boolean introspects() {
		return this.introspection;
	}

	private static boolean introspects(ObjectPlan root) {
		for (FieldPlan field : root.fields()) {
			GraphQLFieldDefinition definition = field.definition();
			if (definition.equals(Introspection.SchemaMetaFieldDef) || definition.equals(Introspection.TypeMetaFieldDef)
					|| Introspection.isIntrospectionTypes(GraphQLTypeUtil.unwrapAll(definition.getType()))) {
				return true;
			}
		}
		return false;
	}

	ObjectPlan compile(GraphQLObjectType type, MergedField field, int level) {
		return reportSize(new ObjectPlan(this, type, COLLECTOR.collectFields(collectorParameters(type), field), level));
	}

	/**
	 * Compiles the selection set of a field of an operation with incremental delivery.
	 */
	ObjectPlan compile(GraphQLObjectType type, FieldPlan.Incremental field, int level) {
		DeferredFieldCollector selected = selectedFields(type);
		field.fields().forEach((one) -> selected.add(one.field().getSelectionSet(), one.usage()));
		return reportSize(objectPlan(selected, type, field.group(), level));
	}

	private DeferredFieldCollector selectedFields(GraphQLObjectType type) {
		return new DeferredFieldCollector(this.schema, this.fragments, this.conditions, type);
	}

	private ObjectPlan objectPlan(DeferredFieldCollector selected, GraphQLObjectType type, Set<DeferUsage> group,
			int level) {
		Map<Set<DeferUsage>, Map<String, List<SelectedField>>> groups = selected.byGroup(group,
				Objects.requireNonNull(this.format).deduplicates());
		List<ObjectPlan.Deferred> deferred = new ArrayList<>();
		groups.forEach((other, fields) -> {
			if (!other.equals(group)) {
				deferred.add(new ObjectPlan.Deferred(other,
						new ObjectPlan(this, type, fields, level, other, List.of(), List.of())));
			}
		});
		return new ObjectPlan(this, type, groups.getOrDefault(group, Map.of()), level, group, selected.usages(),
				List.copyOf(deferred));
	}

	/** Returns the {@code @stream} of a field, or null if it has none. */
	@Nullable StreamUsage streamUsage(List<SelectedField> fields) {
		return StreamUsage.of(fields, this.conditions);
	}

	private ObjectPlan reportSize(ObjectPlan plan) {
		grow(plan.bytes());
		return plan;
	}

	/** Reports that the plan has grown. */
	void grow(long bytes) {
		this.growth.accept(bytes);
	}

}
