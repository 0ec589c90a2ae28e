package dev.kennel.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;

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
 * An operation, compiled for one outcome of its conditions: fields that {@code @skip} or
 * {@code @include} leave out are not in it. graphql-java's own collector says what is
 * selected.
 *
 * <p>
 * What is below the root is compiled when the first object of its type comes by, as most
 * of what an interface could be never does.
 */
final class OperationPlan {

	private static final FieldCollector COLLECTOR = new FieldCollector();

	private final GraphQLSchema schema;

	private final Map<String, FragmentDefinition> fragments;

	/** Of the variables that conditions are about; a value may be null. */
	private final Map<String, @Nullable Object> conditions;

	/** Is told how much more memory the plan takes. */
	private final LongConsumer growth;

	private final ObjectPlan root;

	private final ExecutionStepInfo rootStepInfo;

	OperationPlan(GraphQLSchema schema, Map<String, FragmentDefinition> fragments,
			Map<String, @Nullable Object> conditions, OperationDefinition operation, LongConsumer growth) {
		this.schema = schema;
		this.growth = growth;
		this.fragments = fragments;
		this.conditions = new HashMap<>(conditions);
		GraphQLObjectType rootType = SchemaUtil.getOperationRootType(schema, operation);
		this.root = counted(new ObjectPlan(this, rootType,
				COLLECTOR.collectFields(collecting(rootType), operation.getSelectionSet(), false), 1));
		this.rootStepInfo = ExecutionStepInfo.newExecutionStepInfo().type(rootType).path(ResultPath.rootPath()).build();
	}

	private FieldCollectorParameters collecting(GraphQLObjectType type) {
		return FieldCollectorParameters.newParameters()
			.schema(this.schema)
			.objectType(type)
			.fragments(this.fragments)
			.variables(this.conditions)
			.build();
	}

	ExecutionStepInfo rootStepInfo() {
		return this.rootStepInfo;
	}

	GraphQLSchema schema() {
		return this.schema;
	}

	ObjectPlan root() {
		return this.root;
	}

	/** Whether the schema itself is asked for. */
	boolean introspects() {
		for (FieldPlan field : this.root.fields()) {
			GraphQLFieldDefinition definition = field.definition();
			if (definition.equals(Introspection.SchemaMetaFieldDef) || definition.equals(Introspection.TypeMetaFieldDef)
					|| Introspection.isIntrospectionTypes(GraphQLTypeUtil.unwrapAll(definition.getType()))) {
				return true;
			}
		}
		return false;
	}

	ObjectPlan compile(GraphQLObjectType type, MergedField field, int level) {
		return counted(new ObjectPlan(this, type, COLLECTOR.collectFields(collecting(type), field), level));
	}

	private ObjectPlan counted(ObjectPlan plan) {
		grow(plan.bytes());
		return plan;
	}

	/** Counts memory that the plan has taken. */
	void grow(long bytes) {
		this.growth.accept(bytes);
	}

}
