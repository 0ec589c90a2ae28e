package dev.kennel.graphql.operation;

import dev.kennel.graphql.OperationInterceptor;
import graphql.GraphQL;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Enables data loader chaining: a field may load with a key that another loader has
 * returned. Without it, the engine waits forever.
 */
@Component
class DataLoaderChainingInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		GraphQL.unusualConfiguration(context).dataloaderConfig().enableDataLoaderChaining(true);
	}

}
