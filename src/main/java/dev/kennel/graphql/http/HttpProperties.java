package dev.kennel.graphql.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of HTTP responses.
 *
 * @param statusCodes the mapping of results to HTTP status codes
 * @param compressFrom the minimum size of a query response that is compressed, if the
 * client accepts a content coding
 */
@Validated
@ConfigurationProperties("kennel.graphql.http")
record HttpProperties(@DefaultValue("audited") StatusCodes statusCodes, @DefaultValue("2KB") DataSize compressFrom) {
}
