package dev.kennel.engine;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.engine.plan.ControllerDataFetcher;
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
import graphql.schema.LightDataFetcher;
import org.jspecify.annotations.Nullable;

/**
 * The call of a field in one execution, for all of its parent objects: its arguments, its
 * paths, and how its value is read or fetched.
 */
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

	/** Reads or fetches the field of each parent object. */
	void call(List<ResponseObject> parents) {
		switch (this.plan.access()) {
			case TYPE_NAME -> {
				int slot = this.plan.slot();
				for (ResponseObject parent : parents) {
					parent.set(slot, parent.plan().type().getName());
				}
			}
			case PROPERTY -> readProperty(parents);
			case CONTROLLER -> callController((ControllerDataFetcher) this.plan.fetcher(), parents);
			case LIGHT, FETCHER -> {
				for (ResponseObject parent : parents) {
					this.execution.throwIfCancelled();
					fetch(parent);
				}
			}
		}
	}

	private void readProperty(List<ResponseObject> parents) {
		FieldPlan field = this.plan;
		boolean acceptsString = field.type().acceptsString();
		for (ResponseObject parent : parents) {
			Object source = parent.source();
			Function<Object, @Nullable Object> getter = (source != null) ? field.getter(source.getClass()) : null;
			if (source == null || getter == null) {
				fetch(parent);
				continue;
			}
			Object value;
			try {
				value = getter.apply(source);
			}
			catch (Exception ex) {
				this.execution.handleFailure(this, parent, ex);
				continue;
			}
			if (acceptsString && ValueCompletion.isString(value)) {
				parent.set(field.slot(), value);
			}
			else {
				this.execution.completeOrAwait(this, parent, value);
			}
		}
	}

	private void callController(ControllerDataFetcher controller, List<ResponseObject> parents) {
		FieldEnvironment first = new FieldEnvironment(this, parents.getFirst());
		@Nullable Object[] shared;
		try {
			shared = controller.resolveShared(first);
		}
		catch (Exception ex) {
			for (ResponseObject parent : parents) {
				this.execution.handleFailure(this, parent, ex);
			}
			return;
		}
		for (ResponseObject parent : parents) {
			this.execution.throwIfCancelled();
			Object value;
			try {
				value = controller.get(new FieldEnvironment(this, parent), shared);
			}
			catch (Exception ex) {
				this.execution.handleFailure(this, parent, ex);
				continue;
			}
			this.execution.completeOrAwait(this, parent, value);
		}
	}

	private void fetch(ResponseObject parent) {
		FieldPlan field = this.plan;
		Object value;
		try {
			value = (field.fetcher() instanceof LightDataFetcher<?> light)
					? light.get(field.definition(), parent.source(), () -> new FieldEnvironment(this, parent))
					: field.fetcher().get(new FieldEnvironment(this, parent));
		}
		catch (Exception ex) {
			this.execution.handleFailure(this, parent, ex);
			return;
		}
		this.execution.completeOrAwait(this, parent, value);
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
