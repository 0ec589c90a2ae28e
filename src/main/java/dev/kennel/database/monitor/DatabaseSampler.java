package dev.kennel.database.monitor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Reads {@link DatabaseSample}s periodically, and exposes the last values as gauges: a
 * scrape neither waits for a statement nor causes one. While the database is unavailable,
 * the gauges have no value.
 */
@Component
class DatabaseSampler implements MeterBinder {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseSampler.class);

	private final List<DatabaseSample> samples;

	private final Map<DatabaseSample, Double> values = new ConcurrentHashMap<>();

	DatabaseSampler(ObjectProvider<DatabaseSampleSource> sources) {
		this.samples = sources.orderedStream().flatMap((source) -> source.samples().stream()).toList();
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.samples
			.forEach((sample) -> Gauge.builder(sample.name(), () -> this.values.getOrDefault(sample, Double.NaN))
				.tags(sample.tags())
				.baseUnit(sample.unit().isEmpty() ? null : sample.unit())
				.description(sample.description())
				.register(registry));
	}

	@Scheduled(initialDelay = 1_000, fixedDelay = 15_000)
	void read() {
		try {
			for (DatabaseSample sample : this.samples) {
				this.values.put(sample, sample.read().getAsDouble());
			}
		}
		catch (DataAccessException | TransactionException ex) {
			this.values.clear();
			logger.debug("The gauges of the database could not be sampled", ex);
		}
	}

}
