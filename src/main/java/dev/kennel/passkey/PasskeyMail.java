package dev.kennel.passkey;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

import dev.kennel.account.NoticeAddresses;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The mail about changes of an account's passkeys, and about a possible clone. */
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

	/** Returns the subject of a mail job. */
	static String subject(AccountId account, SecurityEvent event, Passkey passkey) {
		return account.value() + " " + event + " " + passkey.createdAt().toInstant() + " " + passkey.name();
	}

	/**
	 * The subject is the account, the event, and the time of registration and the name of
	 * the passkey, which may be removed by the time the mail is written.
	 */
	@Override
	public @Nullable MailMessage write(String subject) {
		String[] parts = subject.split(" ", 4);
		String address = this.addresses.find(new AccountId(UUID.fromString(parts[0])));
		return (address != null) ? new MailMessage(address, "The passkeys of your Kennel account",
				text(SecurityEvent.valueOf(parts[1]), TIME.format(Instant.parse(parts[2])), parts[3])) : null;
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

	private static String text(SecurityEvent event, String createdAt, String name) {
		String what = switch (event) {
			case PASSKEY_ADDED -> ADDED;
			case PASSKEY_REMOVED -> REMOVED;
			case PASSKEY_CLONED -> CLONED;
			default -> throw new IllegalArgumentException("No mail tells of " + event);
		};
		return """
				Hello,

				%s

				The passkey was added on %s. Its name is "%s".

				If it was you, there is nothing to do. If it was not, %s
				""".formatted(what, createdAt, name,
				(event == SecurityEvent.PASSKEY_ADDED) ? AFTER_ADDITION : OTHERWISE);
	}

}
