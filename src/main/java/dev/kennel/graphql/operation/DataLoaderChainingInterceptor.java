package dev.kennel.graphql.operation;

import dev.kennel.graphql.OperationInterceptor;
import graphql.GraphQL;
import graphql.GraphQLContext;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Lets a field load with what another loader has answered. Without it, the engine would
 * wait for ever.
 */
@Component
class DataLoaderChainingInterceptor implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		GraphQL.unusualConfiguration(context).dataloaderConfig().enableDataLoaderChaining(true);
	}

}
