package dev.kennel.factor;

import java.util.UUID;

import dev.kennel.account.email.NoticeAddresses;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The mail that notifies an account of changes of its second factor, and of guesses at
 * it.
 */
@Component
class SecondFactorMail implements MailTemplate {

	static final String KIND = "second-factor";

	private final NoticeAddresses addresses;

	SecondFactorMail(NoticeAddresses addresses) {
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
		return (address != null) ? new MailMessage(address, "The second factor of your Kennel account",
				text(SecurityEvent.valueOf(parts[1]))) : null;
	}

	private static final String KNOWN_PASSWORD = """
			your password is known to somebody else: log in, change
			it, and end the sessions that you do not know, or ask for a link to set a new password.""";

	/** A log-in of the owner needs the codes, too. */
	private static final String LOCKED_OUT = """
			your password is known to somebody else: ask for a link
			to set a new password, which ends all sessions, and ask those who run this service to remove the codes.""";

	/** Setting the policy needs a recent proof of the factor. */
	private static final String KNOWN_CODES = """
			somebody else has codes or recovery codes of your
			account: log in, require a code for each log-in again, replace the recovery codes, remove passkeys that you do
			not know, change the password, and end the sessions that you do not know.""";

	/** A log-in by mail gives no password. */
	private static final String KNOWN_PASSWORD_OR_MAILBOX = """
			somebody else knows your password or reads this
			mailbox: secure the mailbox, log in, change the password, and end the sessions that you do not know.""";

	private static String text(SecurityEvent event) {
		String what = switch (event) {
			case FACTOR_ADDED ->
				"one-time codes were set up for your Kennel account: logging in needs them from now on.";
			case FACTOR_REMOVED ->
				"one-time codes were removed from your Kennel account: logging in needs the password alone.";
			case RECOVERY_CODE_USED -> "a recovery code of your Kennel account was used. It does not work again.";
			case RECOVERY_CODES_REPLACED ->
				"your Kennel account has new recovery codes. The old ones do not work any more.";
			case TRUSTED_DEVICES_ALLOWED ->
				"your Kennel account trusts devices from now on: for 30 days after a log-in with a code, a device logs in with\n"
						+ "the password alone.";
			case TRUSTED_DEVICES_DISALLOWED ->
				"your Kennel account trusts no devices any more: each log-in with the password needs a code.";
			case CODE_WRONG -> "log-ins with your password or a mail to this address, or a session of your\n"
					+ "Kennel account, sent several wrong codes.";
			default -> throw new IllegalArgumentException("No mail template for " + event);
		};
		return """
				Hello,

				%s

				If it was you, there is nothing to do. If it was not, %s
				""".formatted(what, advice(event));
	}

	private static String advice(SecurityEvent event) {
		return switch (event) {
			case FACTOR_ADDED -> LOCKED_OUT;
			case TRUSTED_DEVICES_ALLOWED -> KNOWN_CODES;
			case CODE_WRONG -> KNOWN_PASSWORD_OR_MAILBOX;
			default -> KNOWN_PASSWORD;
		};
	}

}
