package dev.kennel.engine;

import java.util.Objects;
import java.util.function.Supplier;

import dev.kennel.engine.plan.FieldPlan;
import graphql.collect.ImmutableMapWithNullValues;
import graphql.execution.ExecutionContext;
import graphql.execution.ExecutionStepInfo;
import graphql.execution.ResultPath;
import graphql.normalized.ExecutableNormalizedField;
import graphql.schema.DataFetchingFieldSelectionSet;
import graphql.schema.DataFetchingFieldSelectionSetImpl;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLOutputType;
import org.jspecify.annotations.Nullable;

/** A field in one execution, for all of its parent objects. */
final class FieldCall {

	private final LevelExecution execution;

	private final FieldPlan plan;

	private volatile @Nullable ImmutableMapWithNullValues<String, Object> arguments;

	FieldCall(LevelExecution execution, FieldPlan plan) {
		this.execution = execution;
		this.plan = plan;
	}

	LevelExecution execution() {
		return this.execution;
	}

	ExecutionContext context() {
		return this.execution.context();
	}

	FieldPlan plan() {
		return this.plan;
	}

	ImmutableMapWithNullValues<String, Object> arguments() {
		ImmutableMapWithNullValues<String, Object> values = this.arguments;
		if (values == null) {
			values = this.plan.arguments(context());
			this.arguments = values;
		}
		return values;
	}

	/** Returns the response path of the field in a parent object. */
	ResultPath path(ResponseObject parent) {
		return path(parent, this.plan);
	}

	/** Returns the response path of a field in an object. */
	static ResultPath path(ResponseObject parent, FieldPlan field) {
		return pathOf(parent).segment(field.key());
	}

	/** Returns the response path of an object. */
	static ResultPath pathOf(ResponseObject object) {
		ResponseObject parent = object.parent();
		if (parent == null) {
			return ResultPath.rootPath();
		}
		ResultPath path = path(parent, object.field());
		for (int index : object.indexes()) {
			path = path.segment(index);
		}
		return path;
	}

	/**
	 * Returns the step info of the field in a parent object, with its chain up to the
	 * root.
	 */
	ExecutionStepInfo stepInfo(ResponseObject parent) {
		return stepInfo(parent, this.plan);
	}

	private ExecutionStepInfo stepInfo(ResponseObject parent, FieldPlan field) {
		ExecutionStepInfo objectInfo = objectStepInfo(parent);
		FieldPlan fieldPlan = field;
		return ExecutionStepInfo.newExecutionStepInfo()
			.type(fieldPlan.definition().getType())
			.fieldDefinition(fieldPlan.definition())
			.fieldContainer(fieldPlan.parent())
			.field(fieldPlan.field())
			.path(objectInfo.getPath().segment(fieldPlan.key()))
			.parentInfo(objectInfo)
			.arguments(() -> (fieldPlan == this.plan) ? arguments() : fieldPlan.arguments(context()))
			.build();
	}

	private ExecutionStepInfo objectStepInfo(ResponseObject object) {
		ResponseObject parent = object.parent();
		if (parent == null) {
			return this.execution.rootStepInfo();
		}
		ExecutionStepInfo info = stepInfo(parent, object.field());
		for (int index : object.indexes()) {
			info = itemStepInfo(info, index);
		}
		return info.changeTypeWithPreservedNonNull(object.plan().type());
	}

	static ExecutionStepInfo itemStepInfo(ExecutionStepInfo list, int index) {
		GraphQLOutputType item = (GraphQLOutputType) list.<GraphQLList>getUnwrappedNonNullTypeAs().getWrappedType();
		return list.transform((builder) -> builder.type(item).parentInfo(list).path(list.getPath().segment(index)));
	}

	DataFetchingFieldSelectionSet selection(GraphQLOutputType type, Supplier<ExecutionStepInfo> info) {
		return DataFetchingFieldSelectionSetImpl.newCollector(context().getGraphQLSchema(), type,
				() -> normalized(info.get()));
	}

	private ExecutableNormalizedField normalized(ExecutionStepInfo info) {
		return Objects.requireNonNull(context().getNormalizedQueryTree()
			.get()
			.getNormalizedField(this.plan.field(), info.getObjectType(), info.getPath()));
	}

}
