package dev.kennel.graphql.limit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configures introspection. {@code kennel.graphql.federation} has its own record, since
 * it configures the package {@code graphql.federation}.
 *
 * @param introspection whether clients may query the schema
 */
@ConfigurationProperties("kennel.graphql")
public record IntrospectionProperties(@DefaultValue("true") boolean introspection) {
}
