package dev.kennel.throttle;

import java.time.Duration;

import javax.sql.DataSource;

import io.github.bucket4j.BucketConfiguration;

/**
 * Makes buckets that hold little before the service does. It keeps to the limits that a
 * bucket was made with.
 */
public final class SmallBuckets {

	private SmallBuckets() {
	}

	static ThrottleProperties properties(int byAddress, int byName, int perHour) {
		return new ThrottleProperties(byAddress, byName, perHour, 2, 2, 2, 1, 64);
	}

	/**
	 * Uses up what is left of the hour for a name. If nothing has been tried so far, the
	 * bucket is made to hold one guess, and is refilled after an hour.
	 * @param dataSource the service's database
	 * @param name the name, in lower case
	 */
	public static void exhaustName(DataSource dataSource, String name) {
		exhaust(dataSource, RateLimitedAction.LOGIN, "hour", name);
	}

	/**
	 * Uses up a bucket. If it does not exist so far, it is made to hold one attempt, and
	 * is refilled after an hour.
	 * @param dataSource the service's database
	 * @param action the action
	 * @param kind the kind of bucket
	 * @param value what is charged
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
