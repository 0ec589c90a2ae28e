package dev.kennel.passkey;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

import dev.kennel.account.email.NoticeAddresses;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The mail about changes of an account's passkeys, and about a possible clone. It says
 * when a passkey was added, and not its name, which may be the input of an attacker.
 */
@Component
class PasskeyMail implements MailTemplate {

	static final String KIND = "passkey";

	private static final DateTimeFormatter TIME = DateTimeFormatter
		.ofPattern("d MMMM uuuu 'at' HH:mm 'UTC'", Locale.ENGLISH)
		.withZone(ZoneOffset.UTC);

	private final NoticeAddresses addresses;

	PasskeyMail(NoticeAddresses addresses) {
		this.addresses = addresses;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** Returns the subject of a mail job about a passkey. */
	static String subject(AccountId account, SecurityEvent event, Passkey passkey) {
		return account.value() + " " + event + " " + passkey.createdAt().toInstant() + " " + passkey.backedUp();
	}

	/**
	 * Returns the subject of a mail job about passkeys that the restoration of the email
	 * address has removed.
	 */
	static String subjectOfRestoration(AccountId account, int removed) {
		return account.value() + " " + SecurityEvent.EMAIL_RESTORED + " " + removed;
	}

	/**
	 * The subject is the account and the event, and then the number of removed passkeys,
	 * or of one passkey, which may be removed by the time the mail is written, the time
	 * of its registration and whether it is backed up.
	 */
	@Override
	public @Nullable MailMessage write(String subject) {
		String[] parts = subject.split(" ", 4);
		String address = this.addresses.find(new AccountId(UUID.fromString(parts[0])));
		if (address == null) {
			return null;
		}
		SecurityEvent event = SecurityEvent.valueOf(parts[1]);
		return new MailMessage(address, "The passkeys of your Kennel account",
				(event == SecurityEvent.EMAIL_RESTORED) ? restored(parts[2])
						: text(event, TIME.format(Instant.parse(parts[2])), Boolean.parseBoolean(parts[3])));
	}

	private static String restored(String removed) {
		return """
				Hello,

				the email address of your Kennel account was restored, and the passkeys of the account were removed. Their
				number is %s. They do not log in any more.

				Set a new password first: a link for that is in another mail. Then add your own passkeys again.
				"""
			.formatted(removed);
	}

	private static final String ADDED = """
			a passkey was added to your Kennel account. It logs in without the password.""";

	/** The owner needs a factor of an own to remove it. */
	private static final String AFTER_ADDITION = """
			remove that passkey: this takes another passkey of yours,
			or a code, and ends all other sessions. Then change your password. If you have neither, ask for a link to set a
			new password, which ends all sessions, and ask those who run this service to remove the passkeys.""";

	private static final String REMOVED = """
			a passkey was removed from your Kennel account. It does not log in any more, and all other sessions were
			ended.""";

	private static final String CLONED = """
			a passkey of your Kennel account was refused, because an older state of it was used: there may be a
			copy of it. Remove that passkey unless you know why.""";

	private static final String OTHERWISE = """
			ask for a link to set a new password, which ends all
			sessions. Then remove the passkeys that you do not know, or ask those who run this service to do so.""";

	/** As its authenticator claims. */
	private static final String SYNCED = "It is backed up, and may be on several devices.";

	private static final String ON_ONE_DEVICE = "It is not backed up.";

	private static String text(SecurityEvent event, String createdAt, boolean backedUp) {
		String what = switch (event) {
			case PASSKEY_ADDED -> ADDED;
			case PASSKEY_REMOVED -> REMOVED;
			case PASSKEY_CLONED -> CLONED;
			default -> throw new IllegalArgumentException("No mail template for " + event);
		};
		return """
				Hello,

				%s

				The passkey was added on %s. %s

				If it was you, there is nothing to do. If it was not, %s
				""".formatted(what, createdAt, backedUp ? SYNCED : ON_ONE_DEVICE,
				(event == SecurityEvent.PASSKEY_ADDED) ? AFTER_ADDITION : OTHERWISE);
	}

}
