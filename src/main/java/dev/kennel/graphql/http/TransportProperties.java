package dev.kennel.graphql.http;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How operations are answered.
 *
 * @param statusCodes which statuses answers have
 * @param compressFrom the bytes from which on the answer to a query is compressed, if the
 * client takes that
 */
@Validated
@ConfigurationProperties("kennel.graphql.http")
record TransportProperties(@DefaultValue("audited") StatusCodes statusCodes,
		@DefaultValue("2KB") DataSize compressFrom) {
}
