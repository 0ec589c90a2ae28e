package dev.kennel.account;

import java.util.concurrent.CompletableFuture;

import dev.kennel.database.AccountId;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

/** The fields about the account. */
@Controller
class AccountController {

	private final UserLoader users;

	AccountController(UserLoader users) {
		this.users = users;
	}

	@QueryMapping
	@Nullable CompletableFuture<User> me(@Nullable AccountId account, DataFetchingEnvironment environment) {
		return (account != null) ? this.users.load(environment, account) : null;
	}

}
