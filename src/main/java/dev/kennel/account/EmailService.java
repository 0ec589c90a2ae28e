package dev.kennel.account;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.graphql.Client;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.mail.Outbox;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.Throttle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/** Finds out whether an address is the account's own. */
@Service
class EmailService {

	private static final Logger logger = LoggerFactory.getLogger(EmailService.class);

	private final UserRepository users;

	private final ProfileRepository profiles;

	private final OneTimeTokenRepository tokens;

	private final FormerEmailRepository formerEmails;

	private final Throttle throttle;

	private final Outbox outbox;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionOperations transaction;

	private final Clock clock;

	EmailService(UserRepository users, ProfileRepository profiles, OneTimeTokenRepository tokens,
			FormerEmailRepository formerEmails, Throttle throttle, Outbox outbox, SecurityLog log,
			ApplicationEventPublisher events, TransactionOperations transaction, Clock clock) {
		this.users = users;
		this.profiles = profiles;
		this.tokens = tokens;
		this.formerEmails = formerEmails;
		this.throttle = throttle;
		this.outbox = outbox;
		this.log = log;
		this.events = events;
		this.transaction = transaction;
		this.clock = clock;
	}

	/**
	 * Orders a mail with which the address can be verified; none if it is.
	 * @throws ApiException with RATE_LIMITED if there have been too many
	 */
	void requestVerification(AccountId account, Client client) {
		User known = this.profiles.find(account);
		if (known == null) {
			throw AccountService.deleted();
		}
		if (known.emailVerifiedAt() != null) {
			return;
		}
		this.throttle.requireMail(client);
		Duration wait = this.throttle.mail(EmailVerificationLetter.KIND, known.email());
		if (wait.isPositive()) {
			throw ApiException.rateLimited("You have asked for several mails. Have a look at your mailbox.",
					Throttle.roundUp(wait));
		}
		this.transaction.executeWithoutResult((status) -> {
			UserEntity user = this.users.lock(account.value());
			if (user == null) {
				throw AccountService.deleted();
			}
			if (!user.isEmailVerified()) {
				this.tokens.remove(account, TokenPurpose.EMAIL_VERIFICATION);
				this.outbox.order(EmailVerificationLetter.KIND, account.value().toString());
			}
		});
	}

	/**
	 * Notes that an address is the account's own.
	 * @throws ApiException with BAD_USER_INPUT if the token is no good
	 */
	User verify(VerifyEmailInput input, Client client) {
		User user = this.throttle.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			OneTimeToken token = OneTimeToken.parse(input.token()).orElse(null);
			return (token != null) ? this.transaction.execute((status) -> {
				UserEntity entity = this.users.lock(token.account().value());
				if (entity == null || !this.tokens.isGood(token, TokenPurpose.EMAIL_VERIFICATION)) {
					return null;
				}
				this.tokens.remove(token.account(), TokenPurpose.EMAIL_VERIFICATION);
				entity.verifyEmail(now());
				startRecovery(token.account());
				return entity.toUser();
			}) : null;
		});
		if (user == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw PasswordService.invalidToken();
		}
		this.log.record(SecurityEvent.EMAIL_VERIFIED, new AccountId(user.id().uuid()), null, client);
		return user;
	}

	/** The address that was the account's own until now can be restored for a time. */
	private void startRecovery(AccountId account) {
		this.formerEmails.findAll(account).stream().filter(FormerEmail::pending).forEach((former) -> {
			this.formerEmails.startRecovery(former);
			this.outbox.order(EmailRestorationLetter.KIND, EmailRestorationLetter.subject(former));
		});
	}

	/**
	 * Gives an account that is locked another address. The account's last verified
	 * address, when it is still waiting for the verification of its successor, is
	 * verified if it comes back.
	 * @param mayTell whether an old address that was never verified may get a mail
	 */
	void replace(UserEntity user, String email, boolean mayTell, Instant now) {
		AccountId account = user.account();
		Instant verifiedAt = user.emailVerifiedAt();
		if (mayTell || verifiedAt != null) {
			this.outbox.order(EmailChangedLetter.KIND, EmailChangedLetter.subject(account, user.email()));
		}
		// Those for a new password stay good if they went to an address that goes on
		// speaking for the account.
		this.tokens.remove(account, TokenPurpose.EMAIL_VERIFICATION);
		FormerEmail pending = this.formerEmails.findAll(account)
			.stream()
			.filter(FormerEmail::pending)
			.findFirst()
			.orElse(null);
		if (pending == null && verifiedAt == null) {
			this.tokens.remove(account, TokenPurpose.PASSWORD_RESET);
		}
		if (verifiedAt != null) {
			this.formerEmails.add(account, user.email(), verifiedAt);
		}
		boolean returns = pending != null && CaseFolding.key(pending.email()).equals(CaseFolding.key(email));
		if (pending != null && returns) {
			this.formerEmails.removeFrom(pending);
		}
		user.changeEmail(email, (pending != null && returns) ? pending.verifiedAt() : null, now);
	}

	/** Returns whether another account can still get an address back. */
	boolean isReserved(String email, @Nullable AccountId account) {
		return this.formerEmails.isReserved(email, account);
	}

	/**
	 * Gives an account its former address back, with the token that this address got when
	 * its successor was verified. Later addresses are forgotten, and all sessions end. A
	 * link for a new password follows, as only the holder of the present password could
	 * change the address.
	 * @throws ApiException with BAD_USER_INPUT if the token is no good
	 */
	User restore(RestoreEmailInput input, Client client) {
		User user = this.throttle.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> {
			OneTimeToken token = OneTimeToken.parse(input.token()).orElse(null);
			return (token != null) ? this.transaction.execute((status) -> restore(token, client)) : null;
		});
		if (user == null) {
			this.log.record(SecurityEvent.TOKEN_REFUSED, null, null, client);
			throw PasswordService.invalidToken();
		}
		return user;
	}

	private @Nullable User restore(OneTimeToken token, Client client) {
		UserEntity entity = this.users.lock(token.account().value());
		FormerEmail former = (entity != null) ? this.formerEmails.findByToken(token) : null;
		if (entity == null || former == null) {
			return null;
		}
		Instant now = now();
		entity.changeEmail(former.email(), now, now);
		User user = this.users.saveAndFlush(entity).toUser();
		this.formerEmails.removeFrom(former);
		this.tokens.remove(token.account(), TokenPurpose.EMAIL_VERIFICATION);
		this.outbox.order(PasswordResetLetter.KIND, former.email());
		this.events.publishEvent(new EmailRestored(token.account(), client));
		this.log.record(SecurityEvent.EMAIL_RESTORED, token.account(), null, client);
		return user;
	}

	@Scheduled(fixedDelay = 3_600_000, initialDelay = 60_000)
	void removeExpired() {
		try {
			this.formerEmails.removeExpired();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Former addresses could not be removed", ex);
		}
	}

	private Instant now() {
		return this.clock.instant().truncatedTo(ChronoUnit.MICROS);
	}

}
