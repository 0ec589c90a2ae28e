package dev.kennel.passkey;

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

	private final NoticeAddresses addresses;

	PasskeyMail(NoticeAddresses addresses) {
		this.addresses = addresses;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** Returns the subject of a mail job. */
	static String subject(AccountId account, SecurityEvent event) {
		return account.value() + " " + event;
	}

	/** The subject is the account and the event. */
	@Override
	public @Nullable MailMessage write(String subject) {
		String[] parts = subject.split(" ", 2);
		String address = this.addresses.find(new AccountId(UUID.fromString(parts[0])));
		return (address != null)
				? new MailMessage(address, "The passkeys of your Kennel account", text(SecurityEvent.valueOf(parts[1])))
				: null;
	}

	private static String text(SecurityEvent event) {
		String what = switch (event) {
			case PASSKEY_ADDED -> "a passkey was added to your Kennel account: it logs in without the password.";
			case PASSKEY_REMOVED -> "a passkey was removed from your Kennel account. It does not log in any more.";
			case PASSKEY_CLONED -> """
					a passkey of your Kennel account was refused, because an older state of it was used: there may be a
					copy of it. Remove that passkey unless you know why.""";
			default -> throw new IllegalArgumentException("No mail tells of " + event);
		};
		return """
				Hello,

				%s

				If it was you, there is nothing to do. If it was not, log in, or ask for a link to set a new password if yours
				does not work any more. Then remove the passkeys that you do not know, change your password, and end the
				sessions that you do not know.
				"""
			.formatted(what);
	}

}
