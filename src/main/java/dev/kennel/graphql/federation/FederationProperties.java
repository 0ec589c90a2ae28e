package dev.kennel.graphql.federation;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configures Apollo Federation. {@code kennel.graphql.introspection} has its own record,
 * since it configures the package {@code graphql.limit}.
 *
 * @param federation whether the service is a subgraph
 */
@ConfigurationProperties("kennel.graphql")
record FederationProperties(@DefaultValue("false") boolean federation) {
}
