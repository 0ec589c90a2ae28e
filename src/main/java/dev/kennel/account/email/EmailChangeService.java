package dev.kennel.account.email;

import java.time.Clock;
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
import dev.kennel.mail.Mailbox;
import dev.kennel.mail.Outbox;
import dev.kennel.secret.OneTimeToken;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.RateLimiter;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Replaces an account's email address, and restores the former one. A new address has no
 * effect until it is verified. For seven days from then on, the verified address that it
 * replaced can undo the change, receives the links of password resets, and is reserved
 * for the account.
 */
@Service
public class EmailChangeService {

	private final UserRepository users;

	private final AccountService accounts;

	private final OneTimeTokenRepository tokens;

	private final FormerEmailRepository formerEmails;

	private final RateLimiter rateLimiter;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	private final Clock clock;

	EmailChangeService(UserRepository users, AccountService accounts, OneTimeTokenRepository tokens,
			FormerEmailRepository formerEmails, RateLimiter rateLimiter, Outbox outbox, SecurityLog log,
			ApplicationEventPublisher events, TransactionOperations transaction, Clock clock) {
		this.users = users;
		this.accounts = accounts;
		this.tokens = tokens;
		this.formerEmails = formerEmails;
		this.rateLimiter = rateLimiter;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Charges the mail that notifies an address of its replacement.
	 * @return whether the rate limit allows a mail to an address that was never verified,
	 * and may be a stranger's
	 * @throws ApiException with RATE_LIMITED if the client's network or account has
	 * caused too many
	 */
	public boolean chargeNotification(AccountId account, String newEmail, Client client) {
		User known = this.accounts.find(account);
		if (known == null || newEmail.equals(known.email())) {
			return false;
		}
		this.rateLimiter.requireMail(client);
		return known.emailVerifiedAt() == null && this.rateLimiter.mail(EmailChangedMail.KIND, known.email()).isZero();
	}

	/**
	 * Replaces the address of a locked account. A verified address that is replaced stays
	 * authoritative, unless an earlier one still is: otherwise an attacker could replace
	 * the owner's address twice, and restore the second.
	 * @param mayNotify whether an old address that was never verified may receive a mail
	 */
	public void replace(UserEntity user, String email, boolean mayNotify, Instant now) {
		if (Mailbox.isSame(user.email(), email)) {
			user.respellEmail(email, now);
			return;
		}
		AccountId account = user.account();
		Instant verifiedAt = user.emailVerifiedAt();
		if (mayNotify || verifiedAt != null) {
			this.outbox.enqueue(EmailChangedMail.KIND, EmailChangedMail.subject(account, user.email()));
		}
		this.tokens.remove(account, TokenPurpose.EMAIL_VERIFICATION);
		FormerEmail former = this.formerEmails.find(account);
		if (former != null && Mailbox.isSame(former.email(), email)) {
			this.formerEmails.remove(account);
			user.changeEmail(email, former.verifiedAt(), now);
			return;
		}
		if (former == null && verifiedAt != null) {
			this.formerEmails.put(account, user.email(), verifiedAt);
		}
		else if (former == null) {
			// Mailed to the old address, which is no longer authoritative.
			this.tokens.remove(account, TokenPurpose.PASSWORD_RESET);
		}
		user.changeEmail(email, null, now);
	}

	/**
	 * Starts the period in which the former address can be restored, and revokes the
	 * other sessions that log-ins by mail have opened.
	 */
	void startRecovery(AccountId account, Client client) {
		FormerEmail former = this.formerEmails.find(account);
		if (former != null) {
			this.formerEmails.startRecovery(former);
			this.outbox.enqueue(EmailRestorationMail.KIND, account.value().toString());
			this.events.publishEvent(new EmailReplaced(account, client));
		}
	}

	/** Returns whether another account can still restore an address. */
	public boolean isReserved(String email, @Nullable AccountId account) {
		return this.formerEmails.isReserved(email, account);
	}

	/**
	 * Restores an account's former address, with the token that this address received
	 * when its successor was verified. Revokes all sessions. A password reset mail
	 * follows, since changing the address required the current password.
	 * @throws ApiException with BAD_USER_INPUT if the token is invalid
	 */
	User restore(RestoreEmailInput input, Client client) {
		User user = this.rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			OneTimeToken token = OneTimeToken.parse(input.token()).orElse(null);
			return (token != null) ? this.transaction.execute((status) -> restore(token, client)) : null;
		});
		if (user == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw MailLinks.invalidToken();
		}
		return user;
	}

	private @Nullable User restore(OneTimeToken token, Client client) {
		AccountId account = token.account();
		UserEntity entity = this.users.lock(account.value());
		FormerEmail former = (entity != null) ? this.formerEmails.findByToken(token) : null;
		if (entity == null || former == null) {
			return null;
		}
		if (entity.isEmailVerified()) {
			this.outbox.enqueue(EmailChangedMail.KIND, EmailChangedMail.subject(account, entity.email()));
		}
		Instant now = now();
		entity.changeEmail(former.email(), now, now);
		User user = this.users.saveAndFlush(entity).toUser();
		this.formerEmails.remove(account);
		this.tokens.remove(account, TokenPurpose.EMAIL_VERIFICATION);
		this.events.publishEvent(new EmailRestored(account, client));
		this.log.record(SecurityEvent.EMAIL_RESTORED, account, null, client);
		return user;
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MICROS);
	}

}
