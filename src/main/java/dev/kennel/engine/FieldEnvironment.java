package dev.kennel.engine;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.kennel.engine.loader.LevelEnvironment;
import dev.kennel.engine.loader.PendingLoad;
import dev.kennel.engine.plan.FieldPlan;
import graphql.GraphQLContext;
import graphql.execution.ExecutionId;
import graphql.execution.ExecutionStepInfo;
import graphql.execution.MergedField;
import graphql.execution.directives.QueryDirectives;
import graphql.execution.directives.QueryDirectivesImpl;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.OperationDefinition;
import graphql.schema.DataFetchingFieldSelectionSet;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import org.dataloader.DataLoader;
import org.dataloader.DataLoaderRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a data fetcher. It holds field and parent object, and computes
 * everything else on demand.
 */
@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals", "InlineMeSuggester" })
final class FieldEnvironment implements LevelEnvironment {

	private final FieldCall call;

	private final ResponseObject parent;

	private @Nullable ExecutionStepInfo stepInfo;

	private @Nullable DataFetchingFieldSelectionSet selection;

	FieldEnvironment(FieldCall call, ResponseObject parent) {
		this.call = call;
		this.parent = parent;
	}

	FieldPlan plan() {
		return this.call.plan();
	}

	@Override
	public <T> @Nullable T getSource() {
		return (T) this.parent.source();
	}

	@Override
	public Map<String, Object> getArguments() {
		return this.call.arguments();
	}

	@Override
	public boolean containsArgument(String name) {
		return this.call.arguments().containsKey(name);
	}

	@Override
	public <T> @Nullable T getArgument(String name) {
		return (T) this.call.arguments().get(name);
	}

	@Override
	public <T> T getArgumentOrDefault(String name, T defaultValue) {
		return (T) this.call.arguments().getOrDefault(name, defaultValue);
	}

	@Override
	@Deprecated
	public <T> @Nullable T getContext() {
		return this.call.context().getContext();
	}

	@Override
	public GraphQLContext getGraphQlContext() {
		return this.call.context().getGraphQLContext();
	}

	@Override
	public <T> @Nullable T getLocalContext() {
		return (T) this.parent.localContext();
	}

	@Override
	public <T> @Nullable T getRoot() {
		return this.call.context().getRoot();
	}

	@Override
	public GraphQLFieldDefinition getFieldDefinition() {
		return this.call.plan().definition();
	}

	@Override
	@Deprecated
	public List<Field> getFields() {
		return getMergedField().getFields();
	}

	@Override
	public MergedField getMergedField() {
		return this.call.plan().field();
	}

	@Override
	public Field getField() {
		return getMergedField().getSingleField();
	}

	@Override
	public GraphQLOutputType getFieldType() {
		return getFieldDefinition().getType();
	}

	@Override
	public ExecutionStepInfo getExecutionStepInfo() {
		ExecutionStepInfo value = this.stepInfo;
		if (value == null) {
			value = this.call.stepInfo(this.parent);
			this.stepInfo = value;
		}
		return value;
	}

	@Override
	public GraphQLType getParentType() {
		return this.call.plan().parent();
	}

	@Override
	public GraphQLSchema getGraphQLSchema() {
		return this.call.context().getGraphQLSchema();
	}

	@Override
	public Map<String, FragmentDefinition> getFragmentsByName() {
		return this.call.context().getFragmentsByName();
	}

	@Override
	public ExecutionId getExecutionId() {
		return this.call.context().getExecutionId();
	}

	@Override
	public DataFetchingFieldSelectionSet getSelectionSet() {
		DataFetchingFieldSelectionSet value = this.selection;
		if (value == null) {
			value = this.call.selection(getFieldType(), this::getExecutionStepInfo);
			this.selection = value;
		}
		return value;
	}

	@Override
	public QueryDirectives getQueryDirectives() {
		return new QueryDirectivesImpl(getMergedField(), getGraphQLSchema(), this.call.context().getCoercedVariables(),
				this.call.context().getNormalizedVariables(), getGraphQlContext(), getLocale());
	}

	@Override
	public <K, V> @Nullable DataLoader<K, V> getDataLoader(String name) {
		return this.call.execution().loaders().get(name);
	}

	@Override
	public void afterCalls(PendingLoad load) {
		this.call.execution().loaders().add(load);
	}

	@Override
	public DataLoaderRegistry getDataLoaderRegistry() {
		return this.call.context().getDataLoaderRegistry();
	}

	@Override
	public Locale getLocale() {
		return this.call.context().getLocale();
	}

	@Override
	public OperationDefinition getOperationDefinition() {
		return this.call.context().getOperationDefinition();
	}

	@Override
	public Document getDocument() {
		return this.call.context().getDocument();
	}

	@Override
	public Map<String, Object> getVariables() {
		return this.call.context().getCoercedVariables().toMap();
	}

	@Override
	public String toString() {
		return "DataFetchingEnvironment of " + this.call.path(this.parent);
	}

}
