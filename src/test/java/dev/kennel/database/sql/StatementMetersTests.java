package dev.kennel.database.sql;

import java.lang.management.ManagementFactory;
import java.sql.SQLException;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StatementMetersTests {

	private static final String SQL = "SELECT id, name FROM dogs WHERE user_id = ?";

	private final StatementMeters meters = new StatementMeters();

	@Test
	void failuresAreCountedBySqlState() {
		SimpleMeterRegistry registry = new SimpleMeterRegistry();
		this.meters.bindTo(registry);

		this.meters.begin(SQL).end(null);
		this.meters.begin(SQL).end(new IllegalStateException(new SQLException("Cancelled", "57014")));
		this.meters.begin(SQL).end(new IllegalStateException("None"));

		for (String state : new String[] { "none", "57014", "_OTHER" }) {
			assertThat(registry.get("db.client.operation.duration")
				.tags("db.query.summary", "SELECT dogs", "error.type", state)
				.timer()
				.count()).as(state).isEqualTo(1);
		}
	}

	/** Measures allocation, since a clock would make the test flaky. */
	@Test
	void measurementAllocatesLessThanTwoHundredBytes() {
		this.meters.bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		for (int i = 0; i < 10_000; i++) {
			this.meters.begin(SQL).end(null);
		}

		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 1_000; i++) {
			this.meters.begin(SQL).end(null);
		}

		assertThat((threads.getCurrentThreadAllocatedBytes() - before) / 1_000).isLessThan(200);
	}

}
