package dev.kennel.throttle;

import java.time.Duration;
import java.util.function.Supplier;

import dev.kennel.concurrency.BulkheadFullException;
import dev.kennel.concurrency.FairBulkhead;
import dev.kennel.error.ApiException;
import dev.kennel.identity.Client;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * A bulkhead for password hashes: limits how many are computed at once, since each takes
 * a processor and much memory. Queued hashes are served round-robin by site (an IPv4
 * address or an IPv6 /48), and one site has at most half of the queue.
 *
 * <p>
 * A permit covers the hash alone. Statements before and after it, and operations that
 * hash nothing, do not wait here. Reads of breached passwords have permits of their own.
 */
@Component
public class PasswordHashBulkhead {

	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	/** Longer than the deadline of an operation: the deadline is what ends the wait. */
	private static final Duration MAX_WAIT = Duration.ofSeconds(30);

	private final FairBulkhead permits;

	/** For reads of breached passwords: a disk that hangs delays no log-in. */
	private final FairBulkhead reads;

	PasswordHashBulkhead(ThrottleProperties properties) {
		int concurrency = (properties.concurrency() > 0) ? properties.concurrency()
				: Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
		this.permits = new FairBulkhead(concurrency, concurrency, properties.queue());
		this.reads = new FairBulkhead(concurrency, concurrency, properties.queue());
	}

	/**
	 * Computes a hash once a permit is free. The permit of the calling operation is
	 * released meanwhile, so that a queue here delays no other operation.
	 * @param <T> the type of the result
	 * @param client the client whose site is charged
	 * @param hash the computation; it uses no database connection
	 * @return the result of the computation
	 * @throws ApiException with RATE_LIMITED if the queue, or the site's half of it, is
	 * full
	 */
	public <T extends @Nullable Object> T execute(Client client, Supplier<T> hash) {
		return execute(this.permits, client, hash);
	}

	/**
	 * Reads files about a password as {@link #execute} computes a hash, with permits of
	 * its own.
	 * @param <T> the type of the result
	 * @param client the client whose site is charged
	 * @param read the read
	 * @return the result of the read
	 * @throws ApiException with RATE_LIMITED if the queue, or the site's half of it, is
	 * full
	 */
	public <T extends @Nullable Object> T executeRead(Client client, Supplier<T> read) {
		return execute(this.reads, client, read);
	}

	private static <T extends @Nullable Object> T execute(FairBulkhead bulkhead, Client client, Supplier<T> work) {
		try {
			return FairBulkhead.withoutPermit(() -> bulkhead.call(client.site(), MAX_WAIT, work));
		}
		catch (BulkheadFullException ex) {
			throw ApiException.rateLimited("Too many passwords are being checked at this moment. Try again shortly.",
					RETRY_AFTER);
		}
	}

	FairBulkhead permits() {
		return this.permits;
	}

	/**
	 * Returns how many hashes are queued.
	 * @return their number
	 */
	public int waiting() {
		return this.permits.waiting();
	}

}
