package dev.kennel.graphql.document;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** Meters of the document cache. */
@Component
class DocumentMeters implements MeterBinder {

	private final DocumentCache cache;

	DocumentMeters(DocumentCache cache) {
		this.cache = cache;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder("kennel.graphql.documents", this.cache, DocumentCache::size)
			.description("Cached documents, without trusted ones")
			.register(registry);
		Gauge.builder("kennel.graphql.documents.memory", this.cache, DocumentCache::weight)
			.baseUnit("bytes")
			.description("Estimated memory of cached documents and plans")
			.register(registry);
		FunctionCounter.builder("kennel.graphql.documents.prepared", this.cache, DocumentCache::prepared)
			.description("Documents that were parsed and validated")
			.register(registry);
		FunctionCounter.builder("kennel.graphql.documents.evicted", this.cache, DocumentCache::evicted)
			.description("Documents that were evicted from the cache")
			.register(registry);
	}

}
