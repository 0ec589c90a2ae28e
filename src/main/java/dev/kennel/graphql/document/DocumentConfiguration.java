package dev.kennel.graphql.document;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Registers the document provider with graphql-java. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ DocumentCacheProperties.class, TrustedDocumentsProperties.class })
class DocumentConfiguration {

	@Bean
	GraphQlSourceBuilderCustomizer preparedDocuments(DocumentProvider documents) {
		return (builder) -> builder.configureGraphQl((graphQl) -> graphQl.preparsedDocumentProvider(documents));
	}

}
