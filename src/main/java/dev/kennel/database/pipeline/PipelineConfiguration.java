package dev.kennel.database.pipeline;

import java.util.Properties;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.concurrency.OperationDeadline;
import dev.kennel.database.ConnectionSettings;
import dev.kennel.database.sql.StatementObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures the pipelined client, whose rows arrive on the event loops of the
 * application.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ PipelineProperties.class, ReplicaProperties.class })
class PipelineConfiguration {

	@Bean
	PipelinedClient pipelinedClient(EventLoops loops, ConnectionSettings settings, PipelineProperties properties,
			OperationDeadline deadline, ObjectProvider<StatementObserver> observers) {
		DatabaseAddress address = DatabaseAddress.of(settings.url(), settings.properties());
		return new PipelinedClient(loops.vertx(), address, settings.initialStatements(), properties,
				ConnectionPolicy.of(address, settings.connectionTimeout()), deadline.value(),
				StatementObserver.all(observers.orderedStream(), settings.url()));
	}

	/** The bean is defined whatever the settings are, and null if there is no replica. */
	@Bean
	@Nullable Replica replica(EventLoops loops, ConnectionSettings settings, PipelineProperties properties,
			ReplicaProperties replica, PipelinedClient pipelinedClient, OperationDeadline deadline,
			ObjectProvider<StatementObserver> observers) {
		String url = replica.url();
		if (url == null) {
			return null;
		}
		Properties driver = settings.properties();
		if (replica.username() != null) {
			driver.setProperty("user", replica.username());
		}
		if (replica.password() != null) {
			driver.setProperty("password", replica.password());
		}
		DatabaseAddress address = DatabaseAddress.ofReplica("kennel.database.replica.url", url, driver);
		return new Replica(pipelinedClient, properties, replica.maxWait(),
				(connections, policy) -> new PipelinedClient(loops.vertx(), address, settings.initialStatements(),
						connections, policy, deadline.value(), StatementObserver.all(observers.orderedStream(), url)));
	}

}
