package dev.kennel.account.email;

import java.util.UUID;

import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * A mail with a one-time token, which is issued while the account of its user is locked.
 */
abstract class UserMail implements MailTemplate {

	private final String kind;

	private final UserRepository users;

	private final TransactionOperations transaction;

	UserMail(String kind, UserRepository users, TransactionOperations transaction) {
		this.kind = kind;
		this.users = users;
		this.transaction = transaction;
	}

	@Override
	public final String kind() {
		return this.kind;
	}

	/** The subject is the account's key. */
	@Override
	public final @Nullable MailMessage write(String subject) {
		return this.transaction.execute((status) -> {
			UserEntity user = this.users.lock(UUID.fromString(subject));
			return (user != null) ? write(user) : null;
		});
	}

	/** Writes the mail, or returns null if there is nothing to send any more. */
	abstract @Nullable MailMessage write(UserEntity user);

}
