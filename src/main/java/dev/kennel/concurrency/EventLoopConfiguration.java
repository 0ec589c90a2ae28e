package dev.kennel.concurrency;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The event loops of the application, which HTTP server and database client share. */
@Configuration(proxyBeanMethods = false)
class EventLoopConfiguration {

	@Bean(destroyMethod = "close")
	EventLoops eventLoops() {
		return new EventLoops();
	}

}
