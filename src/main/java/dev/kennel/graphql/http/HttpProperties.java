package dev.kennel.graphql.http;

import java.time.Duration;

import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of request bodies.
 *
 * @param maxBodySize the maximum size of a request body; a larger one is rejected with
 * PAYLOAD_TOO_LARGE
 * @param bodyTimeout the time within which a complete body has to arrive
 */
@Validated
@ConfigurationProperties("kennel.graphql.limits")
public record HttpProperties(@DefaultValue("1MB") @NotNull DataSize maxBodySize,
		@DefaultValue("30s") @NotNull @DurationMin(millis = 100) Duration bodyTimeout) {
}
