package dev.kennel.account.password;

import dev.kennel.account.ClientTokens;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.stereotype.Controller;

/** The controller of changes and resets of passwords. */
@Controller
class PasswordController {

	private final PasswordService passwords;

	private final ClientTokens tokens;

	PasswordController(PasswordService passwords, ClientTokens tokens) {
		this.passwords = passwords;
		this.tokens = tokens;
	}

	@MutationMapping
	ChangePasswordPayload changePassword(Caller caller, @Argument @Valid ChangePasswordInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		ChangePasswordPayload changed = this.passwords.change(caller, input, this.tokens.deviceToken(null, context),
				client);
		return new ChangePasswordPayload(changed.user(), this.tokens.writeDeviceToken(changed.deviceToken(), context));
	}

	@MutationMapping
	RequestPasswordResetPayload requestPasswordReset(@Argument @Valid RequestPasswordResetInput input, Client client) {
		this.passwords.requestReset(input, client);
		return new RequestPasswordResetPayload(true);
	}

	@MutationMapping
	ResetPasswordPayload resetPassword(@Argument @Valid ResetPasswordInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		PasswordResetResult result = this.passwords.reset(input, this.tokens.deviceToken(null, context), client);
		if (context.isCaller(result.account())) {
			this.tokens.endSession(environment);
		}
		return new ResetPasswordPayload(true, this.tokens.writeDeviceToken(result.deviceToken(), context));
	}

}
