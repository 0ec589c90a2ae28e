package dev.kennel.search;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.kennel.identity.AccountId;
import dev.kennel.paging.Connection;
import dev.kennel.paging.ConnectionLoader;
import dev.kennel.paging.ListDefinition;
import dev.kennel.paging.PageArguments;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.OrderDirection;
import dev.kennel.text.SearchWords;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

/** Resolves the search. */
@Controller
class SearchController {

	private static final List<String> KEY_COLUMNS = List.of("name_key", "breed_key");

	private static final Order ORDER = new Order(SearchOrderField.NAME, OrderDirection.ASC);

	private final ListDefinition<Object> definition;

	private final ConnectionLoader connections;

	SearchController(ListDefinition<Object> searchListDefinition, ConnectionLoader connections) {
		this.definition = searchListDefinition;
		this.connections = connections;
	}

	@QueryMapping
	CompletableFuture<Connection<Object>> search(AccountId account, @Argument @SearchWords String text,
			PageArguments page, DataFetchingEnvironment environment) {
		return this.connections.load(environment, account, this.definition, null, page, ORDER,
				() -> Filter.builder().words(KEY_COLUMNS, text).build());
	}

}
