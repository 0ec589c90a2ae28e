package dev.kennel.graphql.limit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configures the schema that clients see. Spring Boot has a {@code GraphQlProperties}.
 *
 * @param introspection whether clients may query the schema
 * @param federation whether the service is a subgraph
 */
@ConfigurationProperties("kennel.graphql")
public record KennelGraphQlProperties(@DefaultValue("true") boolean introspection,
		@DefaultValue("false") boolean federation) {
}
