package dev.kennel.graphql.federation;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.kennel.graphql.node.NodeLoaderRegistry;
import graphql.TrivialDataFetcher;
import graphql.scalars.ExtendedScalars;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;

/**
 * Adds the fields of a subgraph to the schema. Spring's {@code FederationSchemaFactory}
 * would call a method for each entity, or need a list of them that knows no account, and
 * brings a library for what are two fields here: entities are loaded as {@code nodes}
 * are.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(FederationProperties.class)
class FederationConfiguration {

	@Bean
	GraphQlSourceBuilderCustomizer subgraphFields(FederationProperties properties) {
		return (source) -> {
			if (properties.federation()) {
				source.schemaResources(
						new ByteArrayResource(SubgraphSchema.FIELDS.getBytes(StandardCharsets.UTF_8), "federation"));
			}
		};
	}

	@Bean
	RuntimeWiringConfigurer subgraphWiring(FederationProperties properties,
			ObjectProvider<NodeLoaderRegistry> loaders) {
		return (wiring) -> {
			if (properties.federation()) {
				Map<String, String> service = Map.of("sdl", SubgraphSchema.sdl());
				wiring.scalar(ExtendedScalars.newAliasedScalar("_Any").aliasedScalar(ExtendedScalars.Object).build())
					.type("Query", (query) -> query.dataFetcher("_entities", new EntityDataFetcher(loaders.getObject()))
						.dataFetcher("_service", (TrivialDataFetcher<?>) (environment) -> service));
			}
		};
	}

}
