package dev.kennel.graphql.federation;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configures Apollo Federation.
 *
 * @param federation whether the service is a subgraph
 */
@ConfigurationProperties("kennel.graphql")
record FederationProperties(@DefaultValue("false") boolean federation) {
}
