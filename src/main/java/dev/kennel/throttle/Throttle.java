package dev.kennel.throttle;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;

import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.database.CaseFolding;
import dev.kennel.graphql.Caller;
import dev.kennel.graphql.Client;
import dev.kennel.graphql.error.ApiException;
import io.github.bucket4j.BucketConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Makes guessing slow. An attempt is paid for before it is made, so that many at once
 * gain nothing, and what a success has cost is given back.
 *
 * <p>
 * First comes what the address may do. Then comes the name that it is about, whose limit
 * protects against many addresses together. That one only delays: who is told to wait,
 * and does, gets an attempt of their own, so that no stranger can lock an account's owner
 * out, whatever they do.
 */
@Component
public class Throttle {

	private static final Logger logger = LoggerFactory.getLogger(Throttle.class);

	/** The longest that anybody has to wait because of what others do. */
	static final Duration LONGEST_DELAY_BY_NAME = Duration.ofSeconds(30);

	private static final int MAILS = 3;

	private static final Duration MAIL_INTERVAL = Duration.ofMinutes(5);

	private final BucketRepository buckets;

	private final SecurityLog log;

	private final Crowd crowd;

	private final Refusals refusals = new Refusals();

	private final BucketConfiguration byAddress;

	private final BucketConfiguration byName;

	private final BucketConfiguration byMail = configuration(BucketRepository.full(MAILS, MAIL_INTERVAL));

	/** One attempt for each address that has been told to wait, once it has. */
	private final BucketConfiguration afterWaiting = configuration(BucketRepository.empty(LONGEST_DELAY_BY_NAME));

	Throttle(BucketRepository buckets, SecurityLog log, ThrottleProperties properties) {
		this.buckets = buckets;
		this.log = log;
		int concurrency = (properties.concurrency() > 0) ? properties.concurrency()
				: Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
		this.crowd = new Crowd(concurrency, properties.queue());
		int address = properties.attemptsByAddress();
		this.byAddress = BucketConfiguration.builder()
			.addLimit(BucketRepository.full(address, Duration.ofSeconds(3)))
			.addLimit(BucketRepository.full(3 * address, Duration.ofSeconds(30)))
			.addLimit(BucketRepository.full(10 * address, Duration.ofMinutes(5)))
			.build();
		int name = properties.attemptsByName();
		this.byName = BucketConfiguration.builder()
			.addLimit(BucketRepository.full(name, Duration.ofSeconds(2)))
			.addLimit(BucketRepository.full(2 * name, Duration.ofSeconds(10)))
			.addLimit(BucketRepository.full(4 * name, LONGEST_DELAY_BY_NAME))
			.build();
	}

	private static BucketConfiguration configuration(io.github.bucket4j.Bandwidth limit) {
		return BucketConfiguration.builder().addLimit(limit).build();
	}

	/**
	 * Does something that may be a guess, once it is its turn.
	 * @param <T> what it answers
	 * @param guess what is guessed at
	 * @param client who guesses
	 * @param name whose secret it is, or null if that is not known
	 * @param attempt what to do; it fails by throwing something, or by answering null. No
	 * transaction is open
	 * @return what it answers
	 * @throws ApiException with RATE_LIMITED if there have been too many failures, or too
	 * many wait already
	 */
	public <T> @Nullable T attempt(Guess guess, Client client, @Nullable String name, Supplier<@Nullable T> attempt) {
		String network = client.network();
		String addressKey = key(guess, "address", network);
		Duration left = this.refusals.left(addressKey);
		if (left.isPositive()) {
			throw tooMany(left);
		}
		return this.crowd.<@Nullable T>admit(network, () -> {
			Duration ofAddress = this.buckets.take(addressKey, this.byAddress);
			if (ofAddress.isPositive()) {
				this.refusals.add(addressKey, ofAddress);
			}
			require(ofAddress, client);
			String nameKey = (name != null) ? key(guess, "name", name) : null;
			if (nameKey != null && name != null) {
				Duration wait = this.buckets.take(nameKey, this.byName);
				if (wait.isPositive()) {
					// Nothing is guessed, so the address does not pay.
					Duration own = this.buckets.take(key(guess, "turn", name + " " + network), this.afterWaiting);
					if (own.isPositive()) {
						giveBack(addressKey, this.byAddress);
						require((own.compareTo(wait) < 0) ? own : wait, client);
					}
					nameKey = null;
				}
			}
			T result = attempt.get();
			if (result != null) {
				giveBack(addressKey, this.byAddress);
				if (nameKey != null) {
					giveBack(nameKey, this.byName);
				}
			}
			return result;
		});
	}

	/**
	 * What has been done is answered in any case, though the time is over now, or the
	 * store gone: what can't be given back comes back with time.
	 */
	private void giveBack(String key, BucketConfiguration configuration) {
		try {
			this.buckets.giveBack(key, configuration);
		}
		catch (RuntimeException ex) {
			logger.debug("An attempt could not be given back", ex);
		}
	}

	/**
	 * Does something that hashes a password and is no guess, once it is its turn.
	 * @param <T> what it answers
	 * @param client who asks
	 * @param work what to do
	 * @return what it answers
	 * @throws ApiException with RATE_LIMITED if too many wait already
	 */
	public <T> T bounded(Client client, Supplier<T> work) {
		return this.crowd.admit(client.network(), work);
	}

	/**
	 * Answers whether one more mail of a kind may go to somebody: three at once, then one
	 * every five minutes.
	 * @param kind the kind
	 * @param address the address that it goes to, whatever the case
	 * @return nothing if it may, else how long to wait
	 */
	public Duration mail(String kind, String address) {
		return this.buckets.take(key(Guess.MAIL, kind, CaseFolding.key(address)), this.byMail);
	}

	private void require(Duration wait, Client client) {
		if (wait.isPositive()) {
			Caller caller = client.caller();
			this.log.record(SecurityEvent.RATE_LIMITED, (caller != null) ? caller.account() : null,
					(caller != null) ? caller.session() : null, client);
			throw tooMany(wait);
		}
	}

	private static ApiException tooMany(Duration wait) {
		return ApiException.rateLimited("Too many attempts. Wait for a moment.", roundUp(wait));
	}

	/**
	 * Whole seconds, so that who waits for as long as told has waited for long enough.
	 * @param wait how long to wait
	 * @return at least as long
	 */
	public static Duration roundUp(Duration wait) {
		return Duration.ofSeconds(wait.plusNanos(999_999_999).toSeconds());
	}

	/** Names and addresses are not written down, and keys are short, whatever is sent. */
	static String key(Guess guess, String kind, String value) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256")
				.digest((guess + " " + kind + " " + value).getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(hash, 0, 16);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Scheduled(fixedDelay = 600_000, initialDelay = 60_000)
	void clean() {
		try {
			this.buckets.removeExpired();
		}
		catch (DataAccessException | io.github.bucket4j.BucketExceptions.BucketExecutionException ex) {
			logger.debug("Old counts could not be removed", ex);
		}
	}

}
