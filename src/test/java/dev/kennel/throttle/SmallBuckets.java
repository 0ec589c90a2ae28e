package dev.kennel.throttle;

import java.time.Duration;

import javax.sql.DataSource;

import io.github.bucket4j.BucketConfiguration;

/**
 * Creates buckets of small capacity before the service does. The service keeps the limits
 * that a bucket was created with.
 */
public final class SmallBuckets {

	private SmallBuckets() {
	}

	static ThrottleProperties properties(int byAddress, int byName, int perHour) {
		return new ThrottleProperties(byAddress, byName, perHour, 2, 2, 2, 1, 64);
	}

	/**
	 * Exhausts the hourly bucket of a name. A new bucket holds one guess, and is refilled
	 * after an hour.
	 * @param dataSource the service's database
	 * @param name the name, in lower case
	 */
	public static void exhaustName(DataSource dataSource, String name) {
		exhaust(dataSource, RateLimitedAction.LOGIN, "hour", name);
	}

	/**
	 * Returns the key of a bucket.
	 * @param action the action
	 * @param kind the kind of bucket
	 * @param value the key that is charged
	 * @return its id in the database
	 */
	public static String key(RateLimitedAction action, String kind, String value) {
		return RateLimiter.key(action, kind, value);
	}

	/**
	 * Makes a bucket that holds one attempt, and is refilled after an hour.
	 * @param dataSource the service's database
	 * @param action the action
	 * @param kind the kind of bucket
	 * @param value the key that is charged, which has no bucket yet
	 */
	public static void shrink(DataSource dataSource, RateLimitedAction action, String kind, String value) {
		BucketRepository buckets = new BucketRepository(dataSource);
		BucketConfiguration small = new RateLimits(properties(1, 1, 2)).byNamePerHour;
		String key = RateLimiter.key(action, kind, value);
		buckets.take(key, small);
		buckets.refund(key, small);
	}

	/**
	 * Exhausts a bucket. A new bucket holds one attempt, and is refilled after an hour.
	 * @param dataSource the service's database
	 * @param action the action
	 * @param kind the kind of bucket
	 * @param value the key that is charged
	 */
	public static void exhaust(DataSource dataSource, RateLimitedAction action, String kind, String value) {
		BucketRepository buckets = new BucketRepository(dataSource);
		String key = RateLimiter.key(action, kind, value);
		BucketConfiguration small = new RateLimits(properties(1, 1, 2)).byNamePerHour;
		Duration wait = Duration.ZERO;
		while (wait.isZero()) {
			wait = buckets.take(key, small);
		}
	}

}
