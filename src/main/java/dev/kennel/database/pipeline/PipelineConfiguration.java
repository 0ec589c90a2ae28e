package dev.kennel.database.pipeline;

import java.time.Duration;

import dev.kennel.database.ConnectionSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Makes the client and its event loops, which whatever else has event loops may share:
 * what arrives on one is then read on the same.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PipelineProperties.class)
class PipelineConfiguration {

	/** Of Vert.x, only the client of PostgreSQL is used, and the loops. */
	@Bean(destroyMethod = "close")
	EventLoops eventLoops() {
		VertxOptions options = new VertxOptions().setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
			.setWorkerPoolSize(1)
			.setInternalBlockingPoolSize(1)
			.setFileSystemOptions(
					new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
		return new EventLoops((VertxInternal) Vertx.vertx(options));
	}

	@Bean
	PipelinedClient pipelinedClient(EventLoops loops, ConnectionSettings settings, PipelineProperties properties,
			@Value("${kennel.graphql.limits.deadline:10s}") Duration deadline,
			ObjectProvider<StatementListener> listener) {
		return new PipelinedClient(loops.vertx(), StoreAddress.of(settings.url(), settings.properties()),
				settings.initialStatements(), properties, settings.patience(), deadline, listener.getIfAvailable());
	}

}
