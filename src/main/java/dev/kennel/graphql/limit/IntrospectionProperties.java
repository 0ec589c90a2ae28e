package dev.kennel.graphql.limit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whether clients see the schema.
 *
 * @param introspection whether clients may query the schema
 */
@ConfigurationProperties("kennel.graphql")
public record IntrospectionProperties(@DefaultValue("true") boolean introspection) {
}
