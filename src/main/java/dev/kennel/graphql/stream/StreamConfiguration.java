package dev.kennel.graphql.stream;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the transports of streams together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StreamProperties.class)
class StreamConfiguration {

	@Bean
	EventStreams eventStreams(OpenStreams streams, StreamProperties properties) {
		return new EventStreams(streams, properties, new JsonMapper());
	}

}
