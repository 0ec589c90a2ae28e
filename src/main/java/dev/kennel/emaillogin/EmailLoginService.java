package dev.kennel.emaillogin;

import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import dev.kennel.account.AccountService;
import dev.kennel.account.DeviceProof;
import dev.kennel.account.User;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorReason;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import dev.kennel.mail.Mailbox;
import dev.kennel.mail.Outbox;
import dev.kennel.secret.DerivedKeys;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.throttle.ClaimedDevice;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Authenticates accounts by mails to their addresses. A mail has a code and a link. Each
 * needs the secret of the browser that has requested the mail.
 */
@Service
@EnableConfigurationProperties(EmailLoginProperties.class)
public class EmailLoginService {

	/** An id that no account has. */
	private static final AccountId NOBODY = new AccountId(new UUID(0, 0));

	private final EmailLoginProperties properties;

	private final BrowserSecretCodec secrets;

	private final EmailLoginRepository logins;

	private final EmailLoginFingerprint fingerprints;

	private final DerivedKeys keys;

	private final AccountService accounts;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final TransactionOperations transaction;

	EmailLoginService(EmailLoginProperties properties, BrowserSecretCodec secrets, EmailLoginRepository logins,
			EmailLoginFingerprint fingerprints, DerivedKeys keys, AccountService accounts, RateLimiter rateLimiter,
			Outbox outbox, SecurityLog log, TransactionOperations transaction) {
		this.properties = properties;
		this.secrets = secrets;
		this.logins = logins;
		this.fingerprints = fingerprints;
		this.keys = keys;
		this.accounts = accounts;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.transaction = transaction;
	}

	/**
	 * Enqueues a mail with a code and a link. The statements and the time are the same
	 * for any address: the account is looked up when the mail is written.
	 * @param email a valid address
	 * @param client the client that sent the request
	 * @return the secret for the browser, without which neither logs in
	 * @throws ApiException with FORBIDDEN if the service has no log-ins by mail, with
	 * RATE_LIMITED after too many requests of the client's networks or account, or for
	 * the address
	 */
	public BrowserSecret request(String email, Client client) {
		requireEnabled();
		this.rateLimiter.requireMail(client);
		Duration wait = this.rateLimiter.mail(EmailLoginMail.KIND, email);
		if (wait.isPositive()) {
			// Without a mail, another secret would only end the use of the mails that the
			// address has.
			throw ApiException.rateLimited(
					"Too many mails were requested for this address. Look into your mailbox, or try again later.",
					RateLimiter.roundUp(wait));
		}
		BrowserSecret secret = this.secrets.issue(email);
		this.transaction
			.executeWithoutResult((status) -> this.outbox.enqueue(EmailLoginMail.KIND, EmailLoginMail.subject(secret)));
		this.log.record(SecurityEvent.EMAIL_LOGIN_REQUESTED, null, null, client);
		return secret;
	}

	/**
	 * Authenticates by the code of a mail. Wrong codes are the same error by the same
	 * statements, whether or not the address has an account, and a mail was sent.
	 * @param <T> the type of the result
	 * @param browserSecret the secret of the browser; null for none
	 * @param code the code
	 * @param device the proof that the device has logged in before; null for none
	 * @param client the client that sent the request
	 * @param open called with the account and its fingerprint for {@link #isCurrent}, in
	 * a transaction that locks the account
	 * @return what {@code open} returns
	 * @throws ApiException with FORBIDDEN if the service has no log-ins by mail, with
	 * BAD_USER_INPUT if the secret or the code is invalid, with RATE_LIMITED after too
	 * many wrong ones
	 */
	public <T> T finishByCode(@Nullable String browserSecret, String code, @Nullable DeviceProof device, Client client,
			BiFunction<User, byte[], T> open) {
		requireEnabled();
		BrowserSecret secret = require(browserSecret, client);
		ClaimedDevice claim = (device != null) ? new ClaimedDevice(device.id(), () -> isKnown(device, secret.email()))
				: null;
		T result = this.rateLimiter.attempt(RateLimitedAction.EMAIL_CODE, client, Mailbox.key(secret.email()), claim,
				() -> {
					AccountId found = this.accounts.findByEmail(secret.email());
					AccountId account = (found != null) ? found : NOBODY;
					EmailLoginRepository.Hashes hashes = this.transaction
						.execute((status) -> this.logins.takeAttempt(account, secret.hash()));
					T opened = (hashes != null && isRight(code, hashes, secret))
							? finish(account, () -> this.logins.finish(account, secret.hash(), hashes.token()), open)
							: null;
					if (opened == null) {
						// Without a code to be guessed, it is no guess.
						this.log.record((hashes != null) ? SecurityEvent.EMAIL_CODE_WRONG : SecurityEvent.LOGIN_FAILED,
								found, null, client);
					}
					return opened;
				});
		if (result == null) {
			throw invalid("code", "WRONG_CODE", "This code is wrong, was used before, or is not of the newest mail. "
					+ "After five wrong codes, ask for another mail.");
		}
		return result;
	}

	/**
	 * Authenticates by the link of a mail, as {@link #finishByCode} does by its code. Its
	 * token can't be guessed, so that the limit of the address does not count it.
	 * @param <T> the type of the result
	 * @param browserSecret the secret of the browser; null for none
	 * @param text the token of the link
	 * @param client the client that sent the request
	 * @param open called as by {@link #finishByCode}
	 * @return what {@code open} returns
	 * @throws ApiException as {@link #finishByCode}
	 */
	public <T> T finishByLink(@Nullable String browserSecret, String text, Client client,
			BiFunction<User, byte[], T> open) {
		requireEnabled();
		BrowserSecret secret = require(browserSecret, client);
		OneTimeToken token = OneTimeToken.parse(text).orElse(null);
		T result = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null,
				() -> (token != null)
						? finish(token.account(),
								() -> this.logins.finishByToken(token.account(), secret.hash(), token.hash()), open)
						: null);
		if (result == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw invalid("token", "INVALID_TOKEN",
					"This link was used before, or is not of the newest mail. Ask for another mail.");
		}
		return result;
	}

	/**
	 * Returns whether a log-in by mail is still that of its account.
	 * @param user the user of the account, which is locked
	 * @param fingerprint the account's fingerprint when the log-in was finished
	 * @return whether neither the password nor the address has changed, and the service
	 * has log-ins by mail
	 */
	public boolean isCurrent(User user, byte[] fingerprint) {
		byte[] current = this.properties.enabled() ? this.fingerprints.of(user) : null;
		return current != null && MessageDigest.isEqual(current, fingerprint);
	}

	/** Charges a forged secret to the networks, and not to the address that it names. */
	private BrowserSecret require(@Nullable String browserSecret, Client client) {
		BrowserSecret secret = this.secrets.verify(browserSecret);
		if (secret == null) {
			this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> null);
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw invalid("browserSecret", "INVALID_TOKEN",
					"This log-in was requested in another browser, or more than ten minutes ago. "
							+ "Enter the code where you have asked for it, or ask for another mail.");
		}
		return secret;
	}

	/**
	 * With the token of another account, the statements are the same whether or not the
	 * address has an account.
	 */
	private boolean isKnown(DeviceProof device, String email) {
		if (!device.account().equals(this.accounts.findByEmail(email))) {
			return false;
		}
		String fingerprint = this.accounts.passwordFingerprint(device.account());
		return fingerprint != null && device.isOf(device.account(), fingerprint);
	}

	private boolean isRight(String code, EmailLoginRepository.Hashes hashes, BrowserSecret secret) {
		byte[] hash = EmailLoginCode.hash(this.keys, hashes.keyId(), secret.hash(), code);
		return hash != null && MessageDigest.isEqual(hash, hashes.code());
	}

	private <T> @Nullable T finish(AccountId account, Supplier<byte @Nullable []> remove,
			BiFunction<User, byte[], T> open) {
		return this.accounts.executeLockedIfPresent(account, (user) -> {
			byte[] fingerprint = remove.get();
			return (fingerprint != null && isCurrent(user, fingerprint)) ? open.apply(user, fingerprint) : null;
		});
	}

	private void requireEnabled() {
		if (!this.properties.enabled()) {
			throw ApiException.forbidden(ErrorReason.EMAIL_LOGIN_DISABLED,
					"This service has no log-ins by mail (kennel.auth.email-login.enabled).");
		}
	}

	private static ApiException invalid(String member, String code, String message) {
		return ApiException.badUserInput(List.of(new Violation(List.of("input", member), code, message)));
	}

}
