package dev.kennel.graphql;

import dev.kennel.identity.CallerAuthentication;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Copies the authentication from the attributes of the request, where the transport has
 * put it, to the operation's context.
 */
@Component
class CallerInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		CallerContext.put(context, CallerAuthentication.find(request.getAttributes()));
	}

}
