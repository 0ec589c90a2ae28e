package dev.kennel.database.pipeline;

import java.time.Duration;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.StatementObserver;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the pipelined client, whose rows arrive on the event loops of the
 * application.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PipelineProperties.class)
class PipelineConfiguration {

	@Bean
	PipelinedClient pipelinedClient(EventLoops loops, ConnectionSettings settings, PipelineProperties properties,
			@Value("${kennel.graphql.limits.deadline:10s}") Duration deadline,
			ObjectProvider<StatementObserver> observers, ObjectProvider<StatementListener> listener) {
		return new PipelinedClient(loops.vertx(), DatabaseAddress.of(settings.url(), settings.properties()),
				settings.initialStatements(), properties, settings.connectionTimeout(), deadline,
				StatementObserver.all(observers.orderedStream().toList()), listener.getIfAvailable());
	}

}
