package dev.kennel.error;

import com.github.f4b6a3.uuid.UuidCreator;
import graphql.GraphQLError;

import org.springframework.graphql.execution.SubscriptionExceptionResolverAdapter;
import org.springframework.stereotype.Component;

/** Resolves the exception that ends a subscription to an {@link ApiError}. */
@Component
class ApiSubscriptionExceptionResolver extends SubscriptionExceptionResolverAdapter {

	@Override
	protected GraphQLError resolveToSingleError(Throwable failure) {
		return ApiErrorFactory.ofRequest(failure, UuidCreator.getTimeOrderedEpoch().toString());
	}

}
