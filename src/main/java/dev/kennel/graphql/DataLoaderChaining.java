package dev.kennel.graphql;

import graphql.GraphQLContext;
import graphql.execution.instrumentation.dataloader.DataLoaderDispatchingContextKeys;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.stereotype.Component;

/**
 * Lets a field load with what another loader has answered. Without it, the engine would
 * wait for ever.
 */
@Component
class DataLoaderChaining implements OperationInterceptor {

	@Override
	public void before(WebGraphQlRequest request, GraphQLContext context) {
		DataLoaderDispatchingContextKeys.setEnableDataLoaderChaining(context, true);
	}

}
