package dev.kennel.server;

import java.time.Duration;
import java.util.List;

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
 * What clients may take of the server before it is known what they ask for.
 *
 * @param maxConnections how many connections may be open; 0 for one for each 32 kB of the
 * heap. Beyond that, the connections whose loss costs least are closed
 * @param maxConcurrentRequests how many requests are run at once; the others wait
 * @param headerTimeout how long the headers of a request may take to arrive, and how long
 * a new connection may send nothing
 * @param idleTimeout how long a connection may be kept without a request
 * @param sendTimeout how long a client may take nothing of a response
 * @param maxSwallowSize how many bytes of a refused request's body are read away so that
 * its client gets to see the response
 * @param drainDelay how long requests are still served after the process has been asked
 * to stop, while {@code /readyz} responds with 503; null for 5 seconds, or none where the
 * database is the embedded one, which has no second instance
 * @param accessLog whether each response has a line in the log
 * @param trustedProxies the addresses, or networks in CIDR notation, of proxies whose
 * {@code X-Forwarded-For} is believed with {@code server.forward-headers-strategy=native}
 */
@Validated
@ConfigurationProperties("kennel.server")
public record ServerLimitProperties(@DefaultValue("0") @Min(0) int maxConnections,
		@DefaultValue("1000") @Min(1) int maxConcurrentRequests,
		@DefaultValue("10s") @NotNull @DurationMin(millis = 100) Duration headerTimeout,
		@DefaultValue("60s") @NotNull @DurationMin(millis = 100) Duration idleTimeout,
		@DefaultValue("30s") @NotNull @DurationMin(millis = 100) Duration sendTimeout,
		@DefaultValue("16MB") @NotNull DataSize maxSwallowSize,
		@Nullable @DurationMin(millis = 0) @DurationMax(minutes = 10) Duration drainDelay,
		@DefaultValue("false") boolean accessLog, @DefaultValue( {
				"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
				"100.64.0.0/10", "fe80::/10", "fc00::/7" }) @NotNull List<String> trustedProxies){

	/** What a connection takes of the heap at most while nothing is run for it. */
	private static final int BYTES_OF_CONNECTION = 32 * 1024;

	public ServerLimitProperties {
		trustedProxies = List.copyOf(trustedProxies);
		trustedProxies.forEach(AddressRange::parse);
	}

	int connections() {
		return (this.maxConnections > 0) ? this.maxConnections
				: Math.toIntExact(Math.clamp(Runtime.getRuntime().maxMemory() / BYTES_OF_CONNECTION, 1_000, 100_000));
	}

}
