package dev.kennel.account;

import java.util.concurrent.CompletableFuture;

import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;

/** The controller of the account fields. */
@Controller
class AccountController {

	private final AccountService accounts;

	private final PasswordService passwords;

	private final EmailService emails;

	private final EmailChangeService emailChanges;

	private final UserLoader users;

	private final SessionTokens tokens;

	AccountController(AccountService accounts, PasswordService passwords, EmailService emails,
			EmailChangeService emailChanges, UserLoader users, SessionTokens tokens) {
		this.accounts = accounts;
		this.passwords = passwords;
		this.emails = emails;
		this.emailChanges = emailChanges;
		this.users = users;
		this.tokens = tokens;
	}

	@QueryMapping
	@Nullable CompletableFuture<User> me(@Nullable AccountId account, DataFetchingEnvironment environment) {
		return (account != null) ? this.users.load(environment, account) : null;
	}

	@MutationMapping
	UpdateMePayload updateMe(Caller caller, @Argument @Valid UpdateMeInput input, Client client) {
		return new UpdateMePayload(this.accounts.update(caller, input, client));
	}

	@MutationMapping
	RequestPasswordResetPayload requestPasswordReset(@Argument @Valid RequestPasswordResetInput input, Client client) {
		this.passwords.requestReset(input, client);
		return new RequestPasswordResetPayload(true);
	}

	@MutationMapping
	RequestEmailVerificationPayload requestEmailVerification(AccountId account, Client client) {
		this.emails.requestVerification(account, client);
		return new RequestEmailVerificationPayload(true);
	}

	/** The request may be unauthenticated, or authenticated as another account. */
	@MutationMapping
	VerifyEmailPayload verifyEmail(@Argument VerifyEmailInput input, Client client,
			DataFetchingEnvironment environment) {
		User user = this.emails.verify(input, client);
		if (!OperationContext.of(environment).isCaller(user.account())) {
			OperationContext.switchCaller(environment, null);
		}
		return new VerifyEmailPayload(user);
	}

	/**
	 * The restoration revokes all sessions of the account. The request may be
	 * unauthenticated, or authenticated as another account: that session is not ended.
	 */
	@MutationMapping
	RestoreEmailPayload restoreEmail(@Argument RestoreEmailInput input, Client client,
			DataFetchingEnvironment environment) {
		User user = this.emailChanges.restore(input, client);
		if (OperationContext.of(environment).isCaller(user.account())) {
			this.tokens.endSession(environment);
		}
		else {
			OperationContext.switchCaller(environment, null);
		}
		return new RestoreEmailPayload(user);
	}

	@MutationMapping
	DeleteMePayload deleteMe(Caller caller, @Argument DeleteMeInput input, Client client,
			DataFetchingEnvironment environment) {
		this.accounts.delete(caller, input, client);
		this.tokens.endSession(environment);
		return new DeleteMePayload(NodeKind.USER.id(caller.account().value()));
	}

}
