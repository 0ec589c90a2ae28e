package dev.kennel.database;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Measures statements by what they do and to which table.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/db/database-metrics/#metric-dbclientoperationduration">OpenTelemetry,
 * {@code db.client.operation.duration}</a>
 */
@Component
class StatementMeters implements MeterBinder, StatementObserver {

	/** The buckets that OpenTelemetry advises. */
	private static final Duration[] BUCKETS = { Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1),
			Duration.ofSeconds(5), Duration.ofSeconds(10) };

	private static final String NONE = "none";

	/** A hostile statement can't be made up; this bounds a fault of the summary. */
	private static final int MAX_TIMERS = 500;

	private final Map<Ended, Timer> timers = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	private record Ended(StatementSummary summary, String failure) {
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		this.registry = meters;
	}

	@Override
	public Observation begin(String sql) {
		long begin = System.nanoTime();
		return (failure) -> ended(sql, System.nanoTime() - begin, failure);
	}

	private void ended(String sql, long nanos, @Nullable Throwable failure) {
		MeterRegistry known = this.registry;
		if (known == null) {
			return;
		}
		Ended ended = new Ended(StatementSummary.of(sql), type(failure));
		Timer timer = this.timers.get(ended);
		if (timer == null && this.timers.size() < MAX_TIMERS) {
			timer = this.timers.computeIfAbsent(ended, (one) -> timer(known, one));
		}
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/** The class of the SQLSTATE is specific enough, and one of few. */
	private static String type(@Nullable Throwable failure) {
		if (failure == null) {
			return NONE;
		}
		String state = SqlFailureClassifier.state(failure);
		return (state != null && state.length() == 5) ? state : "_OTHER";
	}

	private static Timer timer(MeterRegistry registry, Ended ended) {
		return Timer.builder("db.client.operation.duration")
			.description("Statements, from being sent to their first result")
			.tag("db.system.name", "postgresql")
			.tag("db.operation.name", ended.summary().operation())
			.tag("db.query.summary", ended.summary().text())
			.tag("error.type", ended.failure())
			.serviceLevelObjectives(BUCKETS)
			.register(registry);
	}

}
