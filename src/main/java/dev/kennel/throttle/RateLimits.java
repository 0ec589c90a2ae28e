package dev.kennel.throttle;

import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;

/**
 * The capacity and the refill rate of each token bucket.
 *
 * @see <a href="https://bucket4j.com/8.14.0/toc.html">Bucket4j reference</a>
 */
final class RateLimits {

	/** The longest delay that attempts of other networks can cause. */
	static final Duration MAX_DELAY_BY_NAME = Duration.ofSeconds(30);

	/** The limits of a /64, a /56 and a /48, as multiples of that of a /64. */
	private static final int[] FACTORS = { 1, 4, 16 };

	private static final Duration HOUR = Duration.ofHours(1);

	/**
	 * Three codes of a million are valid at a time. With 20 guesses on the first day and
	 * 10 on each day after it, one is right within a year with a probability of 1.1 %. Of
	 * the codes of log-ins by mail, one is valid: 0.37 %.
	 */
	private static final int CODES_PER_DAY = 20;

	private static final Duration SIGN_UP_INTERVAL = Duration.ofMinutes(3);

	private static final Duration NETWORK_MAIL_INTERVAL = Duration.ofMinutes(3);

	private static final Duration MAIL_INTERVAL = Duration.ofMinutes(5);

	private static final int MAILS_BY_RECIPIENT = 3;

	private final List<BucketConfiguration> attemptsByNetwork;

	private final List<BucketConfiguration> signUpsByNetwork;

	private final List<BucketConfiguration> mailsByNetwork;

	/** The short-term limit of a name. */
	final BucketConfiguration byName;

	/** The ceiling of a name over all networks. */
	final BucketConfiguration byNamePerHour;

	/** Both, for one device. */
	final BucketConfiguration byDevice;

	/** The ceiling of guesses at the codes of an account over all networks. */
	private final BucketConfiguration codesPerDay;

	/** That and the short-term limit, for one device. */
	private final BucketConfiguration codesByDevice;

	/**
	 * The attempt that a network has to itself after a wait, even if other networks have
	 * used up the name's short-term limit.
	 */
	final BucketConfiguration afterWait;

	private final BucketConfiguration mailsByAccount;

	final BucketConfiguration mailsByRecipient;

	RateLimits(ThrottleProperties properties) {
		this.attemptsByNetwork = byNetwork((factor) -> attempts(factor * properties.attemptsByAddress(), factor));
		this.signUpsByNetwork = byNetwork(
				(factor) -> List.of(full(factor * properties.signUpsByNetwork(), SIGN_UP_INTERVAL.dividedBy(factor))));
		this.mailsByNetwork = byNetwork((factor) -> List
			.of(full(factor * properties.mailsByNetwork(), NETWORK_MAIL_INTERVAL.dividedBy(factor))));
		int name = properties.attemptsByName();
		List<Bandwidth> shortTerm = List.of(full(name, Duration.ofSeconds(2)), full(2 * name, Duration.ofSeconds(10)),
				full(4 * name, MAX_DELAY_BY_NAME));
		// A full bucket yields its capacity and its refill: each is half, so that no hour
		// exceeds the ceiling.
		int half = properties.attemptsByNamePerHour() / 2;
		Bandwidth perHour = full(half, HOUR.dividedBy(half));
		this.byName = configuration(shortTerm);
		this.byNamePerHour = configuration(List.of(perHour));
		Bandwidth perDay = full(CODES_PER_DAY / 2, Duration.ofDays(1).dividedBy(CODES_PER_DAY / 2));
		this.codesPerDay = configuration(List.of(perDay));
		this.codesByDevice = configuration(Stream.concat(shortTerm.stream(), Stream.of(perDay)).toList());
		this.byDevice = configuration(Stream.concat(shortTerm.stream(), Stream.of(perHour)).toList());
		this.afterWait = configuration(List
			.of(Bandwidth.builder().capacity(1).refillIntervally(1, MAX_DELAY_BY_NAME).initialTokens(0).build()));
		this.mailsByAccount = configuration(List.of(full(properties.mailsByAccount(), MAIL_INTERVAL)));
		this.mailsByRecipient = configuration(List.of(full(MAILS_BY_RECIPIENT, MAIL_INTERVAL)));
	}

	/** The ceiling of guesses at a target over all networks. */
	BucketConfiguration ceiling(RateLimitedAction action) {
		return action.isCode() ? this.codesPerDay : this.byNamePerHour;
	}

	/** The limit of guesses of a known device at a target. */
	BucketConfiguration byDevice(RateLimitedAction action) {
		return action.isCode() ? this.codesByDevice : this.byDevice;
	}

	/** The limits of the networks of an address, narrowest first. */
	List<BucketConfiguration> byNetwork(RateLimitedAction action) {
		return switch (action) {
			case LOGIN, PASSWORD, CODE, EMAIL_CODE, ONE_TIME_TOKEN, PROFILE_CHANGE -> this.attemptsByNetwork;
			case SIGN_UP -> this.signUpsByNetwork;
			case MAIL -> this.mailsByNetwork;
		};
	}

	/** The limit of an account: for guesses, that of a network. */
	BucketConfiguration byAccount(RateLimitedAction action) {
		return (action == RateLimitedAction.MAIL) ? this.mailsByAccount : this.attemptsByNetwork.getFirst();
	}

	private static List<Bandwidth> attempts(int capacity, int factor) {
		return List.of(full(capacity, Duration.ofSeconds(3).dividedBy(factor)),
				full(3 * capacity, Duration.ofSeconds(30).dividedBy(factor)),
				full(10 * capacity, Duration.ofMinutes(5).dividedBy(factor)));
	}

	private static List<BucketConfiguration> byNetwork(IntFunction<List<Bandwidth>> limits) {
		return IntStream.of(FACTORS).mapToObj((factor) -> configuration(limits.apply(factor))).toList();
	}

	private static BucketConfiguration configuration(List<Bandwidth> limits) {
		var builder = BucketConfiguration.builder();
		limits.forEach(builder::addLimit);
		return builder.build();
	}

	/** Returns a bandwidth that is full at first, and refilled one token at a time. */
	private static Bandwidth full(int capacity, Duration interval) {
		return Bandwidth.builder().capacity(capacity).refillGreedy(1, interval).build();
	}

}
