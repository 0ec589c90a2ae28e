package dev.kennel.paging;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Binds the sizes of pages. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PagingProperties.class)
class PagingConfiguration {

}
