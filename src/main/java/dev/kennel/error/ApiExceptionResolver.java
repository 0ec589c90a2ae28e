package dev.kennel.error;

import graphql.GraphQLError;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.graphql.execution.DataFetcherExceptionResolverAdapter;
import org.springframework.stereotype.Component;

/** Resolves exceptions of controllers and data loaders to an {@link ApiError}. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ApiExceptionResolver extends DataFetcherExceptionResolverAdapter {

	@Override
	protected GraphQLError resolveToSingleError(Throwable failure, DataFetchingEnvironment environment) {
		return ApiErrorFactory.ofField(failure, environment.getExecutionId().toString(),
				environment.getField().getSourceLocation(), environment.getExecutionStepInfo().getPath().toList());
	}

}
