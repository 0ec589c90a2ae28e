package dev.kennel.server.limit;

import java.time.Duration;
import java.util.List;

import dev.kennel.server.header.AddressRange;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of the server, which apply before a request is parsed.
 *
 * @param maxConnections the maximum number of open connections; 0 for one per 32 kB of
 * the heap. Beyond it, idle connections without a valid token are evicted first
 * @param maxConcurrentRequests the maximum number of concurrent blocking requests;
 * further ones are queued
 * @param headerTimeout the time within which the headers of a request have to arrive, and
 * a new connection has to send a request
 * @param idleTimeout the time after which a connection without a request is closed
 * @param sendTimeout the time within which a client has to read some of a response
 * @param maxSwallowSize the maximum number of bytes of a rejected request's body that are
 * swallowed, so that the client can read the response
 * @param drainDelay the time during which requests are still served after a shutdown
 * signal, while {@code /readyz} responds with 503; null for 5 seconds, or none with the
 * embedded database, which has no second instance
 * @param accessLog whether each response is written to the access log
 * @param trustedProxies the addresses, or networks in CIDR notation, of proxies whose
 * {@code X-Forwarded-For} is trusted with {@code server.forward-headers-strategy=native};
 * none by default, since a private network has clients, too
 */
@Validated
@ConfigurationProperties("kennel.server")
public record KennelServerProperties(@DefaultValue("0") @Min(0) int maxConnections,
		@DefaultValue("1000") @Min(1) int maxConcurrentRequests,
		@DefaultValue("10s") @NotNull @DurationMin(millis = 100) Duration headerTimeout,
		@DefaultValue("60s") @NotNull @DurationMin(millis = 100) Duration idleTimeout,
		@DefaultValue("30s") @NotNull @DurationMin(millis = 100) Duration sendTimeout,
		@DefaultValue("16MB") @NotNull DataSize maxSwallowSize,
		@Nullable @DurationMin(millis = 0) @DurationMax(minutes = 10) Duration drainDelay,
		@DefaultValue("false") boolean accessLog, @DefaultValue @NotNull List<String> trustedProxies) {

	/** The maximum heap usage of a connection without a running request, in bytes. */
	private static final int BYTES_PER_CONNECTION = 32 * 1024;

	public KennelServerProperties {
		trustedProxies = List.copyOf(trustedProxies);
		trustedProxies.forEach(AddressRange::parse);
	}

	/**
	 * Returns the maximum number of open connections.
	 * @return the number as set, or the default for the heap
	 */
	public int connections() {
		return (this.maxConnections > 0) ? this.maxConnections
				: Math.toIntExact(Math.clamp(Runtime.getRuntime().maxMemory() / BYTES_PER_CONNECTION, 1_000, 100_000));
	}

}
