package dev.kennel.web;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of GraphiQL.
 *
 * @param enabled whether GraphiQL's page and its files are served
 */
@ConfigurationProperties("kennel.web.graphiql")
public record GraphiQlProperties(@DefaultValue("true") boolean enabled) {
}
