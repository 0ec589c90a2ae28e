package dev.kennel.graphql.operation;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Measures operations by name, type and error code. Names are the clients': only those of
 * trusted documents, and of the first hundred others that are run often, are told apart.
 * The meters of an operation are kept with its document, so that a run looks up no more
 * than its code.
 *
 * @see <a href=
 * "https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/">OpenTelemetry,
 * GraphQL</a>
 */
class OperationMeters implements MeterBinder {

	/** Names that are told apart beside those of trusted documents. */
	static final int MAX_NAMES = 100;

	/** How often a document is run before the names of its operations count. */
	static final int OFTEN = 100;

	private static final String OTHER = "other";

	private static final String NONE = "none";

	private static final Duration[] BUCKETS = { Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
			Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofMillis(500),
			Duration.ofSeconds(1), Duration.ofMillis(2500), Duration.ofSeconds(5), Duration.ofSeconds(10) };

	/** All series, by name, type and code. */
	private final Map<List<String>, Timer> timers = new ConcurrentHashMap<>();

	private final LongAdder reruns = new LongAdder();

	private final Set<String> names = ConcurrentHashMap.newKeySet();

	private volatile @Nullable MeterRegistry registry;

	private volatile @Nullable Timer queue;

	@Override
	public void bindTo(MeterRegistry meters) {
		this.queue = Timer.builder("kennel.graphql.operation.queue.duration")
			.description("How long operations wait for a permit")
			.serviceLevelObjectives(BUCKETS)
			.register(meters);
		FunctionCounter.builder("kennel.graphql.reruns", this.reruns, LongAdder::sum)
			.description("Queries that were run again because of read skew")
			.register(meters);
		this.registry = meters;
	}

	/** Counts a query that is run again because of read skew. */
	void rerun() {
		this.reruns.increment();
	}

	/** Notes how long an operation has waited for its permit. */
	void admitted(long nanos) {
		Timer known = this.queue;
		if (known != null) {
			known.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Notes that an operation has been run.
	 * @param context its context, or null if it has none yet
	 * @param errors its errors
	 * @param nanos how long it has taken, with the time that it has waited
	 */
	void completed(@Nullable GraphQLContext context, List<GraphQLError> errors, long nanos) {
		MeterRegistry known = this.registry;
		if (known == null) {
			return;
		}
		String code = errors.isEmpty() ? NONE : code(errors.getFirst());
		PreparedOperation operation = (context != null) ? PreparedDocument.running(context) : null;
		Timer timer = (operation != null) ? operation.attachment(Names.class, this::names).timer(known, code)
				: timer(known, NONE, "unknown", code);
		timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	private static String code(GraphQLError error) {
		Map<String, Object> extensions = error.getExtensions();
		return (extensions != null && extensions.get("code") instanceof String code) ? code : "_OTHER";
	}

	private Names names(PreparedOperation operation) {
		String name = operation.definition().getName();
		return new Names((name != null) ? name : "anonymous",
				operation.definition().getOperation().name().toLowerCase(Locale.ROOT),
				name == null || operation.document().isTrusted());
	}

	private Timer timer(MeterRegistry meters, String name, String type, String code) {
		List<String> key = List.of(name, type, code);
		Timer known = this.timers.get(key);
		return (known != null) ? known
				: this.timers.computeIfAbsent(key, (same) -> Timer.builder("kennel.graphql.operation.duration")
					.description("Operations, from being read to their result; subscriptions until they have begun")
					.tag("graphql.operation.name", name)
					.tag("graphql.operation.type", type)
					.tag("error.type", code)
					.serviceLevelObjectives(BUCKETS)
					.register(meters));
	}

	/** The names of an operation in the meters. */
	private final class Names {

		private final String name;

		private final String type;

		private final AtomicInteger runs = new AtomicInteger();

		private volatile boolean known;

		/** Of the one code that nearly all runs have. */
		private volatile @Nullable Timer withoutError;

		Names(String name, String type, boolean known) {
			this.name = name;
			this.type = type;
			this.known = known;
		}

		Timer timer(MeterRegistry meters, String code) {
			if (!this.known) {
				this.known = this.runs.incrementAndGet() > OFTEN && admit();
			}
			if (!this.known) {
				return OperationMeters.this.timer(meters, OTHER, this.type, code);
			}
			Timer kept = this.withoutError;
			if (kept != null && code.equals(NONE)) {
				return kept;
			}
			Timer timer = OperationMeters.this.timer(meters, this.name, this.type, code);
			if (code.equals(NONE)) {
				this.withoutError = timer;
			}
			return timer;
		}

		private boolean admit() {
			Set<String> admitted = OperationMeters.this.names;
			return admitted.contains(this.name) || (admitted.size() < MAX_NAMES && admitted.add(this.name));
		}

	}

}
