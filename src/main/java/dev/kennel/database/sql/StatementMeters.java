package dev.kennel.database.sql;

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
 * Measures the duration of statements by command and table.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/db/database-metrics/#metric-dbclientoperationduration">OpenTelemetry,
 * {@code db.client.operation.duration}</a>
 */
@Component
class StatementMeters implements MeterBinder, StatementObserver {

	/** The buckets recommended by OpenTelemetry. */
	private static final Duration[] BUCKETS = { Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(1),
			Duration.ofSeconds(5), Duration.ofSeconds(10) };

	private static final String NONE = "none";

	/**
	 * Clients can't create statements; this limits the damage of a bug in the summary.
	 */
	private static final int MAX_TIMERS = 500;

	private final Map<TimerKey, Timer> timers = new ConcurrentHashMap<>();

	private volatile @Nullable MeterRegistry registry;

	private record TimerKey(StatementSummary summary, String errorType) {
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		this.registry = meters;
	}

	@Override
	public Observation begin(String sql) {
		long startedAt = System.nanoTime();
		return (failure) -> record(sql, System.nanoTime() - startedAt, failure);
	}

	private void record(String sql, long nanos, @Nullable Throwable failure) {
		MeterRegistry current = this.registry;
		if (current == null) {
			return;
		}
		TimerKey key = new TimerKey(StatementSummary.of(sql), errorType(failure));
		Timer timer = this.timers.get(key);
		if (timer == null && this.timers.size() < MAX_TIMERS) {
			timer = this.timers.computeIfAbsent(key, (absent) -> timer(current, absent));
		}
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/** The SQLSTATE is specific enough, and there are few. */
	static String errorType(@Nullable Throwable failure) {
		if (failure == null) {
			return NONE;
		}
		String state = SqlFailureClassifier.state(failure);
		return (state != null && state.length() == 5) ? state : "_OTHER";
	}

	private static Timer timer(MeterRegistry registry, TimerKey key) {
		return Timer.builder("db.client.operation.duration")
			.description("Statements, from being sent to their first result")
			.tag("db.system.name", "postgresql")
			.tag("db.operation.name", key.summary().operation())
			.tag("db.query.summary", key.summary().text())
			.tag("error.type", key.errorType())
			.serviceLevelObjectives(BUCKETS)
			.register(registry);
	}

}
