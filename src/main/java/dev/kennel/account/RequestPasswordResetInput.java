package dev.kennel.account;

import dev.kennel.graphql.input.InputText;
import jakarta.validation.constraints.Size;

/**
 * Who can't log in any more.
 *
 * @param email the email address of the account
 */
record RequestPasswordResetInput(
		@Size(max = 254, message = "An email address has at most 254 characters.") String email) {

	RequestPasswordResetInput {
		email = InputText.clean(email);
	}

	@Override
	public String toString() {
		return "RequestPasswordResetInput[]";
	}

}
