package dev.kennel.emaillogin;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;

import dev.kennel.account.AccountService;
import dev.kennel.account.User;
import dev.kennel.account.link.MailLinks;
import dev.kennel.identity.AccountId;
import dev.kennel.mail.MailMessage;
import dev.kennel.mail.MailTemplate;
import dev.kennel.mail.Mailbox;
import dev.kennel.secret.DerivedKeys;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** The mail with the code and the link of a log-in. */
@Component
class EmailLoginMail implements MailTemplate {

	static final String KIND = "email-login";

	private static final int PARTS = 3;

	private final EmailLoginProperties properties;

	private final AccountService accounts;

	private final EmailLoginRepository logins;

	private final EmailLoginFingerprint fingerprints;

	private final DerivedKeys keys;

	private final MailLinks links;

	private final Clock clock;

	EmailLoginMail(EmailLoginProperties properties, AccountService accounts, EmailLoginRepository logins,
			EmailLoginFingerprint fingerprints, DerivedKeys keys, MailLinks links, Clock clock) {
		this.properties = properties;
		this.accounts = accounts;
		this.logins = logins;
		this.fingerprints = fingerprints;
		this.keys = keys;
		this.links = links;
		this.clock = clock;
	}

	@Override
	public String kind() {
		return KIND;
	}

	/** Returns the subject of a mail job, which has the hash of the secret only. */
	static String subject(BrowserSecret secret) {
		return secret.expiresAt().toEpochMilli() + " " + Base64Url.encode(secret.hash()) + " " + secret.email();
	}

	/**
	 * The subject is when the log-in expires, the hash of the browser's secret, and the
	 * requested address, which may not be that of an account. The service may have had
	 * log-ins by mail when the mail was requested, and have none any more.
	 */
	@Override
	public @Nullable MailMessage write(String subject) {
		if (!this.properties.enabled()) {
			return null;
		}
		String[] parts = subject.split(" ", PARTS);
		Instant expiresAt = Instant.ofEpochMilli(Long.parseLong(parts[0]));
		byte[] browserHash = Base64Url.decode(parts[1]);
		String address = parts[2];
		if (browserHash == null || !this.clock.instant().isBefore(expiresAt)) {
			return null;
		}
		AccountId account = this.accounts.findByEmail(address);
		if (account == null) {
			return null;
		}
		// The address may have changed since the account was found.
		return this.accounts.executeLockedIfPresent(account,
				(user) -> Mailbox.key(user.email()).equals(Mailbox.key(address)) ? write(user, browserHash, expiresAt)
						: null);
	}

	private @Nullable MailMessage write(User user, byte[] browserHash, Instant expiresAt) {
		byte[] fingerprint = this.fingerprints.of(user);
		if (fingerprint == null) {
			return null;
		}
		AccountId account = user.account();
		OneTimeToken token = OneTimeToken.generate(account);
		String code = EmailLoginCode.generate();
		EmailLoginRepository.Hashes hashes = new EmailLoginRepository.Hashes(this.keys.currentId(),
				EmailLoginCode.hash(this.keys, browserHash, code), token.hash());
		boolean stored = this.logins.put(account, browserHash, hashes, fingerprint, Timestamp.from(expiresAt));
		return stored ? new MailMessage(user.email(), "Log in to Kennel", """
				Hello %s,

				this is the mail to log in to your Kennel account. If you did not ask for it, do nothing, and do not
				share the code: a person who asks you for it wants to log in to your account.

				If you did, enter this code where you have asked for it, and nowhere else:

				%s

				Or open this page in the same browser:

				%s

				Both work once, within ten minutes of the request.
				""".formatted(user.username(), code, this.links.to("email-login", token))) : null;
	}

}
