package dev.kennel.account.email;

import dev.kennel.account.ClientTokens;
import dev.kennel.account.User;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.stereotype.Controller;

/** The controller of the verification and the restoration of email addresses. */
@Controller
class EmailController {

	private final EmailService emails;

	private final EmailChangeService changes;

	private final ClientTokens tokens;

	EmailController(EmailService emails, EmailChangeService changes, ClientTokens tokens) {
		this.emails = emails;
		this.changes = changes;
		this.tokens = tokens;
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
		User user = this.changes.restore(input, client);
		if (OperationContext.of(environment).isCaller(user.account())) {
			this.tokens.endSession(environment);
		}
		else {
			OperationContext.switchCaller(environment, null);
		}
		return new RestoreEmailPayload(user);
	}

}
