package dev.kennel.account.email;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.kennel.account.AccountService;
import dev.kennel.account.User;
import dev.kennel.account.UserEntity;
import dev.kennel.account.UserRepository;
import dev.kennel.account.link.MailLinks;
import dev.kennel.account.link.OneTimeTokenRepository;
import dev.kennel.account.link.TokenPurpose;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Client;
import dev.kennel.mail.Outbox;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;

import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Verifies email addresses by mailed tokens. */
@Service
class EmailService {

	private final UserRepository users;

	private final AccountService accounts;

	private final OneTimeTokenRepository tokens;

	private final EmailChangeService changes;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final TransactionOperations transaction;

	private final Clock clock;

	EmailService(UserRepository users, AccountService accounts, OneTimeTokenRepository tokens,
			EmailChangeService changes, RateLimiter rateLimiter, Outbox outbox, SecurityLog log,
			TransactionOperations transaction, Clock clock) {
		this.users = users;
		this.accounts = accounts;
		this.tokens = tokens;
		this.changes = changes;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Enqueues a mail with a verification token, unless the address is verified.
	 * @throws ApiException with RATE_LIMITED after too many mails
	 */
	void requestVerification(AccountId account, Client client) {
		User known = this.accounts.require(account);
		if (known.emailVerifiedAt() != null) {
			return;
		}
		this.rateLimiter.requireMail(client);
		Duration wait = this.rateLimiter.mail(EmailVerificationMail.KIND, known.email());
		if (wait.isPositive()) {
			throw ApiException.rateLimited("Too many mails were requested. Look into your mailbox, or try again later.",
					RateLimiter.roundUp(wait));
		}
		// The template looks again whether the address is verified.
		this.transaction.executeWithoutResult(
				(status) -> this.outbox.enqueue(EmailVerificationMail.KIND, account.value().toString()));
	}

	/**
	 * Marks an address as verified.
	 * @throws ApiException with BAD_USER_INPUT if the token is invalid
	 */
	User verify(VerifyEmailInput input, Client client) {
		User user = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			OneTimeToken token = OneTimeToken.parse(input.token()).orElse(null);
			return (token != null) ? this.transaction.execute((status) -> {
				UserEntity entity = this.users.lock(token.account().value());
				if (entity == null || !this.tokens.isValid(token, TokenPurpose.EMAIL_VERIFICATION)) {
					return null;
				}
				this.tokens.remove(token.account(), TokenPurpose.EMAIL_VERIFICATION);
				entity.verifyEmail(now());
				this.changes.startRecovery(token.account(), client);
				return entity.toUser();
			}) : null;
		});
		if (user == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw MailLinks.invalidToken();
		}
		this.log.record(SecurityEvent.EMAIL_VERIFIED, user.account(), null, client);
		return user;
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MICROS);
	}

}
