package dev.kennel.throttle;

import java.time.Duration;
import java.util.function.Supplier;

import dev.kennel.database.NoTurnException;
import dev.kennel.database.Turns;
import dev.kennel.graphql.error.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Lets few in at a time. Hashing passwords takes a processor and much memory: without a
 * bound, a flood of log-ins would leave nothing for anybody else. Those who wait take
 * turns by where they come from, and from one place come half of them at most, so that a
 * flood from there keeps nobody else out.
 */
final class Crowd {

	private static final Duration RETRY = Duration.ofSeconds(1);

	/**
	 * Longer than any queue takes: a request that waits for so long has been given up.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Turns turns;

	Crowd(int concurrency, int queue) {
		this.turns = new Turns(concurrency, concurrency, queue);
	}

	/**
	 * Does something once it is its turn.
	 * @param origin where the request comes from
	 * @throws ApiException with RATE_LIMITED if too many wait already, in all or from
	 * there
	 */
	<T extends @Nullable Object> T admit(String origin, Supplier<T> work) {
		try {
			// Who waits here must not keep others from doing something else.
			return Turns.aside(() -> this.turns.call(origin, PATIENCE, work));
		}
		catch (NoTurnException ex) {
			throw ApiException.rateLimited("Too many people are logging in at this moment. Try again shortly.", RETRY);
		}
	}

	/** How many wait. */
	int waiting() {
		return this.turns.waiting();
	}

}
