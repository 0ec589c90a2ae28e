package dev.kennel.account.profile;

import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.account.UserLoader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

/** The controller of the caller's own account. */
@Controller
class ProfileController {

	private final ProfileService profiles;

	private final UserLoader users;

	ProfileController(ProfileService profiles, UserLoader users) {
		this.profiles = profiles;
		this.users = users;
	}

	@QueryMapping
	@Nullable CompletableFuture<User> me(@Nullable AccountId account, DataFetchingEnvironment environment) {
		return (account != null) ? this.users.load(environment, account) : null;
	}

	@MutationMapping
	UpdateMePayload updateMe(Caller caller, @Argument @Valid UpdateMeInput input, Client client) {
		return new UpdateMePayload(this.profiles.update(caller, input, client));
	}

}
