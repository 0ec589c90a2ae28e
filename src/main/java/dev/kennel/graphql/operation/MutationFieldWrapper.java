package dev.kennel.graphql.operation;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

import dev.kennel.engine.loader.OperationScopedCache;
import dev.kennel.graphql.idempotency.IdempotentRequest;
import dev.kennel.graphql.idempotency.MutationTransaction;
import dev.kennel.graphql.idempotency.TransactionalMutation;
import graphql.TrivialDataFetcher;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.FieldCoordinates;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchemaElement;
import graphql.schema.GraphQLTypeVisitorStub;
import graphql.util.TraversalControl;
import graphql.util.TraverserContext;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.graphql.execution.SelfDescribingDataFetcher;
import org.springframework.stereotype.Component;

/**
 * Wraps the data fetchers of mutation fields: each sees the effects of the fields before
 * it, and a {@link TransactionalMutation} field is one transaction.
 */
@Component
class MutationFieldWrapper implements GraphQlSourceBuilderCustomizer {

	private final MutationTransaction transaction;

	/** The names of the transactional fields. */
	private final Set<String> transactionalFields = ConcurrentHashMap.newKeySet();

	MutationFieldWrapper(MutationTransaction transaction) {
		this.transaction = transaction;
	}

	@Override
	public void customize(GraphQlSource.SchemaResourceBuilder builder) {
		builder.typeVisitors(List.of(new Visitor()));
	}

	private final class Visitor extends GraphQLTypeVisitorStub {

		@Override
		public TraversalControl visitGraphQLFieldDefinition(GraphQLFieldDefinition field,
				TraverserContext<GraphQLSchemaElement> context) {
			if (context.getParentNode() instanceof GraphQLNamedType parent && "Mutation".equals(parent.getName())) {
				GraphQLCodeRegistry.Builder registry = context.getVarFromParents(GraphQLCodeRegistry.Builder.class);
				FieldCoordinates coordinates = FieldCoordinates.coordinates(parent.getName(), field.getName());
				DataFetcher<?> controller = registry.getDataFetcher(coordinates, field);
				registry.dataFetcher(coordinates, wrap(field.getName(), controller));
			}
			return TraversalControl.CONTINUE;
		}

		private DataFetcher<?> wrap(String name, DataFetcher<?> controller) {
			Method method = (controller instanceof SelfDescribingDataFetcher<?> described) ? described.asMethod()
					: null;
			boolean isTransactional = method != null
					&& AnnotatedElementUtils.hasAnnotation(method, TransactionalMutation.class);
			if (method != null && isTransactional) {
				requireSynchronous(method);
				MutationFieldWrapper.this.transactionalFields.add(name);
			}
			Method transactionalMethod = isTransactional ? method : null;
			return (controller instanceof TrivialDataFetcher) ? new TrivialField(controller, transactionalMethod)
					: new Field(controller, transactionalMethod);
		}

	}

	/** Requires a synchronous method: the transaction ends when the method returns. */
	private static void requireSynchronous(Method method) {
		if (Future.class.isAssignableFrom(method.getReturnType())
				|| CompletionStage.class.isAssignableFrom(method.getReturnType())
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType()) != null) {
			throw new IllegalStateException("@TransactionalMutation requires a synchronous method, and "
					+ method.toGenericString() + " is asynchronous");
		}
	}

	private class Field implements DataFetcher<Object> {

		private final DataFetcher<?> controller;

		private final @Nullable Method transactionalMethod;

		Field(DataFetcher<?> controller, @Nullable Method transactionalMethod) {
			this.controller = controller;
			this.transactionalMethod = transactionalMethod;
		}

		@Override
		public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
			// Subfields must not return objects that an earlier field has cached.
			OperationScopedCache.clearAll(environment);
			if (this.transactionalMethod == null) {
				return this.controller.get(environment);
			}
			OperationContext context = OperationContext.of(environment);
			IdempotentRequest request = context.idempotentRequest();
			Callable<@Nullable Object> method = () -> this.controller.get(environment);
			return (request != null)
					? MutationFieldWrapper.this.transaction.executeOnce(environment, request,
							() -> context.caller().account(), MutationFieldWrapper.this.transactionalFields,
							this.transactionalMethod.getGenericReturnType(), method)
					: MutationFieldWrapper.this.transaction.execute(method);
		}

	}

	/** Trivial like its controller: no context is restored around it. */
	private final class TrivialField extends Field implements TrivialDataFetcher<Object> {

		TrivialField(DataFetcher<?> controller, @Nullable Method transactionalMethod) {
			super(controller, transactionalMethod);
		}

	}

}
