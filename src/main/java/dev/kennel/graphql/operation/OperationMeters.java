package dev.kennel.graphql.operation;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.kennel.graphql.document.PreparedOperation;
import graphql.GraphQLError;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Meters operations by name, type and error code. Clients choose the names, so their
 * number is bounded: only names of trusted documents, and {@link BoundedNames} of
 * operations that accounts execute often, have series of their own. The meters of an
 * operation are cached with its document, so that an execution looks up only its code.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/">OpenTelemetry,
 * GraphQL</a>
 */
class OperationMeters implements MeterBinder {

	/** The authenticated executions of an operation before its name may be added. */
	static final int MIN_EXECUTIONS = 100;

	/** Longer names have no series of their own, unless their document is trusted. */
	static final int MAX_NAME_LENGTH = 64;

	// In parentheses, which no name of an operation has.
	private static final String OTHER = "(other)";

	private static final String ANONYMOUS = "(anonymous)";

	private static final String UNKNOWN = "(unknown)";

	/** The code of an operation without errors. */
	private static final String NONE = "none";

	private static final Duration[] BUCKETS = { Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500),
			Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(10) };

	/** All series, by name, type and code. */
	private final Map<List<String>, Timer> timers = new ConcurrentHashMap<>();

	private final LongAdder reruns = new LongAdder();

	private final BoundedNames<String> names = new BoundedNames<>();

	private volatile @Nullable MeterRegistry registry;

	private volatile @Nullable Timer queue;

	@Override
	public void bindTo(MeterRegistry meters) {
		this.queue = Timer.builder("kennel.graphql.operation.queue.duration")
			.description("How long operations wait for a permit")
			.serviceLevelObjectives(BUCKETS)
			.register(meters);
		FunctionCounter.builder("kennel.graphql.reruns", this.reruns, LongAdder::sum)
			.description("Queries that were executed again because of read skew or a failed replica")
			.register(meters);
		this.registry = meters;
	}

	/** Counts a query that is executed again because of read skew. */
	void rerun() {
		this.reruns.increment();
	}

	/** Records the time that an operation has waited for its permit. */
	void admitted(long nanos) {
		Timer timer = this.queue;
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Records a completed operation.
	 * @param context its context
	 * @param errors its errors
	 * @param nanos its duration, including the wait for a permit
	 */
	void completed(OperationContext context, List<GraphQLError> errors, long nanos) {
		MeterRegistry meters = this.registry;
		if (meters == null) {
			return;
		}
		String code = errors.isEmpty() ? NONE : code(errors.getFirst());
		PreparedOperation operation = context.operation();
		Timer timer = (operation != null)
				? operation.attachment(OperationTags.class, this::tags).timer(meters, context, code)
				: timer(meters, UNKNOWN, "unknown", code);
		timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	/** Returns the code of an error, or {@code _OTHER}. */
	static String code(GraphQLError error) {
		Map<String, Object> extensions = error.getExtensions();
		return (extensions != null && extensions.get("code") instanceof String code) ? code : "_OTHER";
	}

	/** Returns the type of an operation, such as {@code query}. */
	static String type(PreparedOperation operation) {
		return operation.definition().getOperation().name().toLowerCase(Locale.ROOT);
	}

	private OperationTags tags(PreparedOperation operation) {
		String name = operation.definition().getName();
		String type = type(operation);
		if (name == null) {
			return new OperationTags(ANONYMOUS, type, true);
		}
		if (operation.document().isTrusted()) {
			return new OperationTags(name, type, true);
		}
		return (name.length() <= MAX_NAME_LENGTH) ? new OperationTags(name, type, false)
				: new OperationTags(OTHER, type, true);
	}

	private Timer timer(MeterRegistry meters, String name, String type, String code) {
		List<String> key = List.of(name, type, code);
		Timer timer = this.timers.get(key);
		return (timer != null) ? timer
				: this.timers.computeIfAbsent(key,
						(absent) -> Timer.builder("kennel.graphql.operation.duration")
							.description("Operations, from receipt to result; subscriptions until they begin")
							.tag("graphql.operation.name", name)
							.tag("graphql.operation.type", type)
							.tag("error.type", code)
							.serviceLevelObjectives(BUCKETS)
							.register(meters));
	}

	/** The tags of an operation, with its most frequent timer. */
	private final class OperationTags {

		private final String name;

		private final String type;

		/** The authenticated executions. */
		private final AtomicInteger executions = new AtomicInteger();

		private volatile boolean named;

		/** The timer of successful executions, which nearly all are. */
		private volatile @Nullable Timer withoutError;

		OperationTags(String name, String type, boolean named) {
			this.name = name;
			this.type = type;
			this.named = named;
		}

		Timer timer(MeterRegistry meters, OperationContext context, String code) {
			if (!this.named && context.isAuthenticated() && this.executions.incrementAndGet() > MIN_EXECUTIONS) {
				// Never back to false: another account's execution may have added the
				// name.
				if (OperationMeters.this.names.add(this.name, context)) {
					this.named = true;
				}
				// A name that is refused is tried again after as many executions.
				this.executions.set(0);
			}
			if (!this.named) {
				return OperationMeters.this.timer(meters, OTHER, this.type, code);
			}
			Timer cached = this.withoutError;
			if (cached != null && code.equals(NONE)) {
				return cached;
			}
			Timer timer = OperationMeters.this.timer(meters, this.name, this.type, code);
			if (code.equals(NONE)) {
				this.withoutError = timer;
			}
			return timer;
		}

	}

}
