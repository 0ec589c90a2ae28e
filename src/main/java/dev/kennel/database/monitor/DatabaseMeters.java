package dev.kennel.database.monitor;

import dev.kennel.database.embedded.EmbeddedPostgresServer;
import dev.kennel.database.sql.TransactionRunner;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Meters of the database and of transactions. */
@Component
class DatabaseMeters implements MeterBinder {

	private final DatabaseMonitor monitor;

	private final TransactionRunner transactions;

	private final ObjectProvider<EmbeddedPostgresServer> embedded;

	DatabaseMeters(DatabaseMonitor monitor, TransactionRunner transactions,
			ObjectProvider<EmbeddedPostgresServer> embedded) {
		this.monitor = monitor;
		this.transactions = transactions;
		this.embedded = embedded;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.database.up", this.monitor, (database) -> database.isUp() ? 1 : 0)
			.description("1 if the database responds")
			.register(registry);
		FunctionCounter.builder("kennel.transactions.repeated", this.transactions, TransactionRunner::retries)
			.description("Attempts of transactions that were retried after a deadlock or a serialization failure")
			.register(registry);
		EmbeddedPostgresServer server = this.embedded.getIfAvailable();
		if (server != null) {
			FunctionCounter.builder("kennel.database.embedded.restarts", server, EmbeddedPostgresServer::restarts)
				.description("Restarts of the embedded PostgreSQL after it had died")
				.register(registry);
		}
	}

}
