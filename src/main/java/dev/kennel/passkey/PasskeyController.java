package dev.kennel.passkey;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.stereotype.Controller;

/** The controller of the fields of passkeys. */
@Controller
class PasskeyController {

	private final PasskeyService passkeys;

	private final PasskeyAuthenticationService authentication;

	private final PasskeyLoader loader;

	PasskeyController(PasskeyService passkeys, PasskeyAuthenticationService authentication, PasskeyLoader loader) {
		this.passkeys = passkeys;
		this.authentication = authentication;
		this.loader = loader;
	}

	@SchemaMapping
	CompletableFuture<List<Passkey>> passkeys(User user, Caller caller, DataFetchingEnvironment environment) {
		if (!user.account().equals(caller.account())) {
			throw ApiException.of(ErrorCode.FORBIDDEN, "These are another account's passkeys.");
		}
		return this.loader.load(environment, caller.account());
	}

	@MutationMapping
	BeginPasskeyPayload beginPasskeyRegistration(Caller caller, Client client) {
		return this.passkeys.begin(caller, client);
	}

	@MutationMapping
	FinishPasskeyRegistrationPayload finishPasskeyRegistration(Caller caller,
			@Argument @Valid FinishPasskeyRegistrationInput input, Client client) {
		return new FinishPasskeyRegistrationPayload(this.passkeys.finish(caller, input, client));
	}

	@MutationMapping
	BeginPasskeyPayload beginPasskeyLogin() {
		return this.authentication.beginLogin();
	}

	@MutationMapping
	BeginPasskeyPayload beginPasskeyReauthentication(Caller caller) {
		return this.authentication.beginReauthentication(caller);
	}

	@MutationMapping
	RenamePasskeyPayload renamePasskey(Caller caller, @Argument @Valid RenamePasskeyInput input) {
		return new RenamePasskeyPayload(this.passkeys.rename(caller, NodeKind.PASSKEY.uuid(input.id()), input.name()));
	}

	@MutationMapping
	RemovePasskeyPayload removePasskey(Caller caller, @Argument @Valid RemovePasskeyInput input, Client client) {
		UUID passkey = NodeKind.PASSKEY.uuid(input.id());
		this.passkeys.remove(caller, passkey, client);
		return new RemovePasskeyPayload(NodeKind.PASSKEY.id(passkey));
	}

}
