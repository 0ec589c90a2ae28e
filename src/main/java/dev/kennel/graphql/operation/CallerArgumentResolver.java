package dev.kennel.graphql.operation;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.kennel.engine.LevelArgumentResolver;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;

/**
 * Resolves {@link AccountId} and {@link Caller} parameters of controller methods. Throws
 * UNAUTHENTICATED if the client is signed out, unless the parameter is {@link Nullable}.
 */
@Component
class CallerArgumentResolver implements LevelArgumentResolver {

	/**
	 * Caches {@link MethodParameter#isOptional}, which searches annotations on every
	 * call.
	 */
	private final Map<MethodParameter, Boolean> optional = new ConcurrentHashMap<>();

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == AccountId.class || parameter.getParameterType() == Caller.class;
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, DataFetchingEnvironment environment) {
		Caller caller = this.optional.computeIfAbsent(parameter, MethodParameter::isOptional)
				? OperationContext.of(environment).findCaller() : OperationContext.of(environment).caller();
		return (caller != null && parameter.getParameterType() == AccountId.class) ? caller.account() : caller;
	}

}
