package dev.kennel.graphql.limit;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Binds the limits. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ LimitProperties.class, IntrospectionProperties.class })
class LimitConfiguration {

}
