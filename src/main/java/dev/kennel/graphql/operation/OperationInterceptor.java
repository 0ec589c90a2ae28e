package dev.kennel.graphql.operation;

import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;

/**
 * Intercepts the operations of every transport. It is called on the thread that executes
 * the operation, and must not block.
 */
public interface OperationInterceptor {

	/**
	 * Prepares the context of an operation.
	 * @param request the request
	 * @param context the context of the operation before its execution; a query that is
	 * executed again has a new context
	 */
	default void before(WebGraphQlRequest request, GraphQLContext context) {
	}

	/**
	 * Observes or replaces the response of an operation.
	 * @param request the request
	 * @param response the response
	 * @return the response to send to the client
	 */
	default WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		return response;
	}

}
