package dev.kennel.factor;

import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.engine.loader.LevelBatchLoader;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.stereotype.Controller;

/** The controller of the fields of second factors. */
@Controller
class SecondFactorController {

	private final SecondFactorService factors;

	private final LevelBatchLoader<AccountId, SecondFactor> loader;

	SecondFactorController(SecondFactorService factors) {
		this.factors = factors;
		this.loader = LevelBatchLoader.blockingEach("second-factors", factors::find);
	}

	@SchemaMapping
	CompletableFuture<SecondFactor> secondFactor(User user, Caller caller, DataFetchingEnvironment environment) {
		if (!user.account().equals(caller.account())) {
			throw ApiException.of(ErrorCode.FORBIDDEN, "This is another account's second factor.");
		}
		return this.loader.load(environment, caller.account());
	}

	@MutationMapping
	BeginTotpPayload beginTotp(Caller caller) {
		return this.factors.beginTotp(caller);
	}

	@MutationMapping
	ConfirmTotpPayload confirmTotp(Caller caller, @Argument ConfirmTotpInput input, Client client) {
		return this.factors.confirmTotp(caller, input.code(), client);
	}

	@MutationMapping
	DisableTotpPayload disableTotp(Caller caller, Client client) {
		return new DisableTotpPayload(this.factors.disableTotp(caller, client));
	}

	@MutationMapping
	ReplaceRecoveryCodesPayload replaceRecoveryCodes(Caller caller, Client client) {
		return new ReplaceRecoveryCodesPayload(this.factors.replaceRecoveryCodes(caller, client));
	}

	@MutationMapping
	SetSecondFactorPolicyPayload setSecondFactorPolicy(Caller caller, @Argument SetSecondFactorPolicyInput input,
			Client client) {
		return new SetSecondFactorPolicyPayload(this.factors.setPolicy(caller, input.policy(), client));
	}

}
