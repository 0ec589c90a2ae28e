package dev.kennel.server;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of HTTP requests: the duration until the response is sent, or begins for
 * streams and WebSockets. Tagged with the path of the route, so that clients can't create
 * arbitrary tags.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration">OpenTelemetry,
 * {@code http.server.request.duration}</a>
 */
class HttpMeters implements MeterBinder {

	/** The buckets recommended by OpenTelemetry. */
	private static final Duration[] BUCKETS = { Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
			Duration.ofMillis(50), Duration.ofMillis(75), Duration.ofMillis(100), Duration.ofMillis(250),
			Duration.ofMillis(500), Duration.ofMillis(750), Duration.ofSeconds(1), Duration.ofMillis(2500),
			Duration.ofSeconds(5), Duration.ofMillis(7500), Duration.ofSeconds(10) };

	/** Stands for all methods that HTTP does not define. */
	static final String OTHER = "_OTHER";

	/** In the place of the status, if the connection was closed before the response. */
	static final int NO_RESPONSE = 0;

	private static final String NONE = "none";

	private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE",
			"TRACE", "CONNECT");

	private final Map<Response, Timer> timers = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	private record Response(String method, @Nullable String route, int status) {
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		this.registry = meters;
	}

	/** Returns the method, or {@link #OTHER} for one that a client has made up. */
	static String knownMethod(String method) {
		return METHODS.contains(method) ? method : OTHER;
	}

	/**
	 * Returns the type of the error, as in {@code error.type} of OpenTelemetry.
	 * @param status the HTTP status, or {@link #NO_RESPONSE}
	 * @return the status if it is a fault of the service; {@code connection_closed} if
	 * there is none; or else null
	 */
	static @Nullable String errorType(int status) {
		if (status == NO_RESPONSE) {
			return "connection_closed";
		}
		return (status >= 500) ? String.valueOf(status) : null;
	}

	/** Records a response, or that there is {@linkplain #NO_RESPONSE none}. */
	void responded(String method, @Nullable String route, int status, long nanos) {
		MeterRegistry bound = this.registry;
		if (bound != null) {
			this.timers
				.computeIfAbsent(new Response(knownMethod(method), route, status), (response) -> timer(bound, response))
				.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	private static Timer timer(MeterRegistry registry, Response response) {
		return Timer.builder("http.server.request.duration")
			.description("HTTP requests, until the response is sent or, of a stream, begins")
			.tag("http.request.method", response.method())
			.tag("http.route", (response.route() != null) ? response.route() : NONE)
			.tag("http.response.status_code",
					(response.status() != NO_RESPONSE) ? String.valueOf(response.status()) : NONE)
			.tag("error.type", Objects.requireNonNullElse(errorType(response.status()), NONE))
			.serviceLevelObjectives(BUCKETS)
			.register(registry);
	}

}
