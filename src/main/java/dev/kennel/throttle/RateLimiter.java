package dev.kennel.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.mail.Mailbox;
import dev.kennel.secret.Sha256;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * A rate limiter: charges token buckets before an action, and refunds them if the action
 * succeeded and its success reveals no secret.
 *
 * <p>
 * An attempt is charged to the networks of the client, narrowest first, and then to its
 * target. A guess at a password has two buckets for its target: the short-term one delays
 * by 30 seconds at most, since a network that has waited as long has an attempt of its
 * own; the ceiling per hour holds for all networks together, and no wait of one of them
 * lifts it. A device that has logged in to the account before is charged to a bucket of
 * its own instead of both, so that failures of others never lock it out.
 *
 * @see <a href=
 * "https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies">OWASP,
 * Slow Down Online Guessing Attacks with Device Cookies</a>
 */
@Component
@EnableConfigurationProperties(ThrottleProperties.class)
public class RateLimiter {

	private static final Logger logger = LoggerFactory.getLogger(RateLimiter.class);

	private static final String TOO_MANY = "Too many attempts. Wait for a moment.";

	private static final String TOO_MANY_CODES = "Too many wrong codes for this account. "
			+ "Use a recovery code, a device that has logged in with a code before, or try again later.";

	private static final String TOO_MANY_EMAIL_CODES = "Too many wrong codes for this address. "
			+ "Open the link of the mail, log in in another way, or try again later.";

	private static final String TOO_MANY_FOR_NAME = "Too many failed attempts for this name. "
			+ "Log in from a device that has logged in to it before, or try again later.";

	private final BucketRepository buckets;

	private final SecurityLog log;

	private final RateLimits limits;

	private final RetryAfterCache retryAfter = new RetryAfterCache(Ticker.systemTicker());

	RateLimiter(BucketRepository buckets, SecurityLog log, ThrottleProperties properties) {
		this.buckets = buckets;
		this.log = log;
		this.limits = new RateLimits(properties);
	}

	/**
	 * Executes an attempt if each of its buckets has a token.
	 * @param <T> the type of the result
	 * @param action the action
	 * @param client the client whose networks are charged
	 * @param target the further key that is charged: a name, an address, a session or an
	 * account; null for none
	 * @param attempt the attempt; it fails by throwing an exception or returning null. No
	 * transaction is open
	 * @return the result of the attempt
	 * @throws ApiException with RATE_LIMITED if a bucket is empty
	 */
	public <T> @Nullable T attempt(RateLimitedAction action, Client client, @Nullable String target,
			Supplier<@Nullable T> attempt) {
		return attempt(action, client, target, null, attempt);
	}

	/**
	 * Executes an attempt if each of its buckets has a token.
	 * @param <T> the type of the result
	 * @param action the action
	 * @param client the client whose networks are charged
	 * @param target the further key that is charged: a name, an address, a session or an
	 * account; null for none
	 * @param device the device that is charged instead of the target if it is known; null
	 * for none
	 * @param attempt the attempt; it fails by throwing an exception or returning null. No
	 * transaction is open
	 * @return the result of the attempt
	 * @throws ApiException with RATE_LIMITED if a bucket is empty
	 */
	public <T> @Nullable T attempt(RateLimitedAction action, Client client, @Nullable String target,
			@Nullable ClaimedDevice device, Supplier<@Nullable T> attempt) {
		return attempt(action, client, target, device, attempt, (result) -> true);
	}

	/**
	 * Executes an attempt if each of its buckets has a token.
	 * @param <T> the type of the result
	 * @param action the action
	 * @param client the client whose networks are charged
	 * @param target the further key that is charged: a name, an address, a session or an
	 * account; null for none
	 * @param device the device that is charged instead of the target if it is known; null
	 * for none
	 * @param attempt the attempt; it fails by throwing an exception or returning null. No
	 * transaction is open
	 * @param refunded whether a result is refunded, as far as the action is
	 * @return the result of the attempt
	 * @throws ApiException with RATE_LIMITED if a bucket is empty
	 */
	public <T> @Nullable T attempt(RateLimitedAction action, Client client, @Nullable String target,
			@Nullable ClaimedDevice device, Supplier<@Nullable T> attempt, Predicate<? super T> refunded) {
		List<Bucket> networks = networks(action, client);
		networks.forEach((network) -> requireNotKnownEmpty(network, TOO_MANY));
		GuessBuckets guesses = (target != null && action.isGuess()) ? guessBuckets(action, client, target) : null;
		if (guesses != null && device == null) {
			requireNotKnownEmpty(guesses);
		}
		Charge charge = new Charge(client);
		networks.forEach((network) -> charge.take(network, TOO_MANY));
		if (guesses != null && device != null && device.isKnown().getAsBoolean()) {
			charge.takeGuess(guesses,
					bucket(action, "device", target + " " + device.id(), this.limits.byDevice(action)));
		}
		else if (guesses != null) {
			if (device != null) {
				requireNotKnownEmpty(guesses);
			}
			charge.takeGuess(guesses);
		}
		else if (target != null) {
			charge.take(bucket(action, "account", target, this.limits.byAccount(action)), TOO_MANY);
		}
		try {
			T result = attempt.get();
			if (result != null && action.isRefundedOnSuccess() && refunded.test(result)) {
				charge.refund();
			}
			return result;
		}
		catch (ApiException ex) {
			if (ex.code() == ErrorCode.RATE_LIMITED) {
				// The queue of hashes was full, and no attempt was made.
				charge.refund();
			}
			throw ex;
		}
	}

	private List<Bucket> networks(RateLimitedAction action, Client client) {
		List<Bucket> networks = new ArrayList<>();
		List<BucketConfiguration> configurations = this.limits.byNetwork(action);
		for (String network : client.networks()) {
			networks.add(bucket(action, "network", network, configurations.get(networks.size())));
		}
		return networks;
	}

	private GuessBuckets guessBuckets(RateLimitedAction action, Client client, String target) {
		return new GuessBuckets(bucket(action, "hour", target, this.limits.ceiling(action)),
				bucket(action, "name", target, this.limits.byName),
				// The kind is a part of stored keys, which another name would forget.
				bucket(action, "turn", target + " " + client.network(), this.limits.afterWait), ceilingMessage(action));
	}

	private static String ceilingMessage(RateLimitedAction action) {
		return switch (action) {
			case LOGIN -> TOO_MANY_FOR_NAME;
			case CODE -> TOO_MANY_CODES;
			case EMAIL_CODE -> TOO_MANY_EMAIL_CODES;
			default -> TOO_MANY;
		};
	}

	private static Bucket bucket(RateLimitedAction action, String kind, String value,
			BucketConfiguration configuration) {
		return new Bucket(key(action, kind, value), configuration);
	}

	private void requireNotKnownEmpty(GuessBuckets guesses) {
		requireNotKnownEmpty(guesses.ceiling(), guesses.ceilingMessage());
		requireNotKnownEmpty(guesses.afterWait(), TOO_MANY);
	}

	private void requireNotKnownEmpty(Bucket bucket, String message) {
		Duration wait = this.retryAfter.get(bucket.key());
		if (wait.isPositive()) {
			throw ApiException.rateLimited(message, roundUp(wait));
		}
	}

	/**
	 * Charges a mail to the client's networks, and to its account if it is signed in.
	 * @param client the client that causes the mail
	 * @throws ApiException with RATE_LIMITED if either has caused too many
	 */
	public void requireMail(Client client) {
		Caller caller = client.caller();
		attempt(RateLimitedAction.MAIL, client, (caller != null) ? caller.account().value().toString() : null,
				() -> null);
	}

	/**
	 * Charges a mail of a kind to its recipient: three at once, then one every five
	 * minutes.
	 * @param kind the kind
	 * @param address the recipient's address, whatever the case and the spelling of its
	 * domain
	 * @return zero if the mail may be sent, else how long to wait
	 */
	public Duration mail(String kind, String address) {
		return this.buckets.take(key(RateLimitedAction.MAIL, kind, Mailbox.key(address)), this.limits.mailsByRecipient);
	}

	/**
	 * Rounds up to whole seconds, so that a client that waits as long has waited long
	 * enough.
	 * @param wait how long to wait
	 * @return at least as much, in whole seconds
	 */
	public static Duration roundUp(Duration wait) {
		return Duration.ofSeconds(wait.plusNanos(999_999_999).toSeconds());
	}

	/** Returns a digest: names and addresses are not stored, and keys are short. */
	static String key(RateLimitedAction action, String kind, String value) {
		return HexFormat.of().formatHex(Sha256.hash(action + " " + kind + " " + value), 0, 16);
	}

	@Scheduled(fixedDelay = 600_000, initialDelay = 60_000)
	void clean() {
		try {
			this.buckets.removeExpired();
		}
		catch (DataAccessException | BucketExecutionException ex) {
			logger.debug("Expired buckets could not be removed", ex);
		}
	}

	private record Bucket(String key, BucketConfiguration configuration) {
	}

	/**
	 * The buckets of guesses at a password or a code.
	 *
	 * @param ceiling the hourly limit, for all networks
	 * @param shortTerm the short-term limit, for all networks
	 * @param afterWait the attempt that a network has instead after a wait
	 * @param ceilingMessage the message when the ceiling is reached
	 */
	private record GuessBuckets(Bucket ceiling, Bucket shortTerm, Bucket afterWait, String ceilingMessage) {
	}

	/** The tokens that one attempt has taken. */
	private final class Charge {

		private final Client client;

		private final List<Bucket> taken = new ArrayList<>();

		Charge(Client client) {
			this.client = client;
		}

		void take(Bucket bucket, String message) {
			Duration wait = tryTake(bucket);
			if (wait.isPositive()) {
				throw refuse(bucket, wait, message);
			}
		}

		/**
		 * Charges a known device or, once its own bucket is empty, the name, as for any
		 * other client.
		 */
		void takeGuess(GuessBuckets guesses, Bucket device) {
			Duration wait = tryTake(device);
			if (wait.isPositive()) {
				try {
					takeGuess(guesses);
				}
				catch (ApiException ex) {
					throw ApiException.rateLimited(TOO_MANY, roundUp(wait));
				}
			}
		}

		/** A refusal is charged to the networks, but not to the name. */
		void takeGuess(GuessBuckets guesses) {
			take(guesses.ceiling(), guesses.ceilingMessage());
			Duration wait = tryTake(guesses.shortTerm());
			if (wait.isPositive()) {
				Duration ownWait = tryTake(guesses.afterWait());
				if (ownWait.isPositive()) {
					refund(guesses.ceiling());
					throw refuse(guesses.afterWait(), (ownWait.compareTo(wait) < 0) ? ownWait : wait, TOO_MANY);
				}
			}
		}

		private Duration tryTake(Bucket bucket) {
			Duration wait = RateLimiter.this.buckets.take(bucket.key(), bucket.configuration());
			if (wait.isZero()) {
				this.taken.add(bucket);
			}
			return wait;
		}

		private ApiException refuse(Bucket bucket, Duration wait, String message) {
			RateLimiter.this.retryAfter.put(bucket.key(), wait);
			Caller caller = this.client.caller();
			RateLimiter.this.log.record(SecurityEvent.RATE_LIMITED, (caller != null) ? caller.account() : null,
					(caller != null) ? caller.session() : null, this.client);
			return ApiException.rateLimited(message, roundUp(wait));
		}

		/**
		 * Ignores failures, so that the result is returned even if the deadline has
		 * passed or the database is unavailable. A token that can't be refunded is
		 * refilled over time.
		 */
		void refund() {
			this.taken.forEach(this::refund);
		}

		private void refund(Bucket bucket) {
			try {
				RateLimiter.this.buckets.refund(bucket.key(), bucket.configuration());
			}
			catch (RuntimeException ex) {
				logger.debug("A token could not be refunded", ex);
			}
		}

	}

}
