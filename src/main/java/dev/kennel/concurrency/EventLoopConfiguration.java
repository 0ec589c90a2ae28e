package dev.kennel.concurrency;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The event loops of the application, which the server and the store share. */
@Configuration(proxyBeanMethods = false)
class EventLoopConfiguration {

	@Bean(destroyMethod = "close")
	EventLoops eventLoops() {
		return new EventLoops();
	}

}
