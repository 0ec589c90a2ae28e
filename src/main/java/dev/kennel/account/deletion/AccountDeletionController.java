package dev.kennel.account.deletion;

import dev.kennel.account.ClientTokens;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.stereotype.Controller;

/** The controller of the deletion of accounts. */
@Controller
class AccountDeletionController {

	private final AccountDeletionService deletions;

	private final ClientTokens tokens;

	AccountDeletionController(AccountDeletionService deletions, ClientTokens tokens) {
		this.deletions = deletions;
		this.tokens = tokens;
	}

	@MutationMapping
	DeleteMePayload deleteMe(Caller caller, @Argument DeleteMeInput input, Client client,
			DataFetchingEnvironment environment) {
		this.deletions.delete(caller, input, client);
		this.tokens.endSession(environment);
		return new DeleteMePayload(NodeKind.USER.id(caller.account().value()));
	}

}
