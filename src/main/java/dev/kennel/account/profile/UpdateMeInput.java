package dev.kennel.account.profile;

import dev.kennel.account.Username;
import dev.kennel.account.email.EmailAddress;
import dev.kennel.mail.Mailbox;
import dev.kennel.text.TextNormalizer;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.ArgumentValue;

/**
 * The input of {@code updateMe}. Omitted members are not changed.
 *
 * @param username the name to log in with
 * @param email the email address
 * @param currentPassword the account's password, required for a new name or address
 */
@CurrentPasswordRequired
record UpdateMeInput(ArgumentValue<@NotNull(message = "A username can't be removed.") @Username String> username,
		ArgumentValue<@NotNull(message = "An email address can't be removed.") @EmailAddress String> email,
		@Nullable String currentPassword) {

	UpdateMeInput {
		username = TextNormalizer.clean(username);
		String address = TextNormalizer.clean(email).value();
		email = (address != null) ? ArgumentValue.ofNullable(Mailbox.canonical(address)) : email;
		currentPassword = (currentPassword != null) ? TextNormalizer.normalize(currentPassword) : null;
	}

	/** Returns whether a member is set that requires the password. */
	boolean isSensitive() {
		return !this.username.isOmitted() || !this.email.isOmitted();
	}

	@Override
	public String toString() {
		return "UpdateMeInput[]";
	}

}
