package dev.kennel.graphql.document;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** Binds the settings of documents. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DocumentCacheProperties.class, TrustedDocumentsProperties.class })
class DocumentConfiguration {

}
