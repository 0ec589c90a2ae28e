package dev.kennel.graphql;

import dev.kennel.identity.CallerAuthentication;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Carries the authentication over from the transport, which has put it into the
 * attributes of the request, to the operation.
 */
@Component
class CallerInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		CallerContext.put(context, CallerAuthentication.find(request.getAttributes()));
	}

}
