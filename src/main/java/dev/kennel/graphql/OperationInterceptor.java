package dev.kennel.graphql;

import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;

/**
 * Takes part in every operation, whichever transport it comes by. It is called on the
 * thread that runs the operation, and waits for nothing.
 */
public interface OperationInterceptor {

	/**
	 * Puts what an operation needs to know into its context.
	 * @param request the request
	 * @param context the context of the operation, which is yet to be run; a query that
	 * is run again has a new one
	 */
	default void before(WebGraphQlRequest request, GraphQLContext context) {
	}

	/**
	 * Sees what has become of an operation.
	 * @param request the request
	 * @param response the response
	 * @return the response that the client gets
	 */
	default WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		return response;
	}

}
