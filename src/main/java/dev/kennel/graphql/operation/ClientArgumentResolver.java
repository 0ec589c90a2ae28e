package dev.kennel.graphql.operation;

import dev.kennel.identity.Client;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.core.MethodParameter;
import org.springframework.graphql.data.method.HandlerMethodArgumentResolver;
import org.springframework.stereotype.Component;

/** Resolves {@link Client} parameters of controller methods. */
@Component
class ClientArgumentResolver implements HandlerMethodArgumentResolver {

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == Client.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		return context.isAuthenticated() ? context.client().of(context.caller()) : context.client();
	}

}
