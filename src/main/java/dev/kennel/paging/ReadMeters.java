package dev.kennel.paging;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import dev.kennel.database.pipeline.Replica;
import dev.kennel.paging.ReadRouter.Outcome;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Meters of the replica and of the queries that it serves, if there is one. */
@Component
class ReadMeters implements MeterBinder {

	private final ReadRouter router;

	private final ObjectProvider<Replica> replica;

	ReadMeters(ReadRouter router, ObjectProvider<Replica> replica) {
		this.router = router;
		this.replica = replica;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Replica available = this.replica.getIfAvailable();
		if (available == null) {
			return;
		}
		for (Outcome outcome : Outcome.values()) {
			FunctionCounter
				.builder("kennel.database.replica.queries", this.router, (counted) -> counted.queries(outcome))
				.description("Queries with lists or nodes: served by the replica, or by the primary and why")
				.tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
				.register(registry);
		}
		Gauge.builder("kennel.database.replica.up", available, (server) -> (server.session() != null) ? 1 : 0)
			.description("1 if the replica is available")
			.register(registry);
		TimeGauge
			.builder("kennel.database.replica.lag", available, TimeUnit.SECONDS,
					(server) -> server.lag().toMillis() / 1000.0)
			.description("Replication lag: the age of the oldest change that the replica has not replayed")
			.register(registry);
	}

}
