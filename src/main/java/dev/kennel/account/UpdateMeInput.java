package dev.kennel.account;

import dev.kennel.graphql.input.InputText;
import jakarta.validation.constraints.NotNull;

import org.springframework.graphql.data.ArgumentValue;

/**
 * What to change of an account. What is absent stays.
 *
 * @param username the name to log in with
 * @param email the email address
 */
record UpdateMeInput(ArgumentValue<@NotNull(message = "A username can't be removed.") @Username String> username,
		ArgumentValue<@NotNull(message = "An email address can't be removed.") @EmailAddress String> email) {

	UpdateMeInput {
		username = InputText.clean(username);
		email = InputText.clean(email);
	}

	@Override
	public String toString() {
		return "UpdateMeInput[]";
	}

}
