package dev.kennel.account;

import dev.kennel.graphql.input.InputText;
import dev.kennel.graphql.input.PlainText;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * The account to make.
 *
 * @param username the name to log in with
 * @param email the email address
 * @param password the password
 */
public record SignupInput(
		@Pattern(regexp = SignupInput.USERNAME,
				message = "A username has 3 to 32 letters, digits, dots, underscores and hyphens.") String username,
		@Size(max = 254, message = "An email address has at most 254 characters.") @PlainText @Email(
				regexp = "[^@\\s]+@[^@\\s]+\\.[^@\\s.]+", message = "This is not an email address.") String email,
		@AcceptablePassword String password) {

	static final String USERNAME = "[A-Za-z0-9._-]{3,32}";

	public SignupInput {
		username = InputText.clean(username);
		email = InputText.clean(email);
		password = InputText.normalize(password);
	}

	/**
	 * Names the account, but not its password.
	 * @return a text that may be logged
	 */
	@Override
	public String toString() {
		return "SignupInput[username=" + this.username + "]";
	}

}
