package dev.kennel.graphql.http;

import java.time.Duration;

import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a request may be before it is looked at.
 *
 * @param maxBodySize the bytes of a request's body; a larger one is PAYLOAD_TOO_LARGE
 * @param bodyTimeout how long a body may take to arrive, however slowly it trickles
 */
@Validated
@ConfigurationProperties("kennel.graphql.limits")
public record HttpProperties(@DefaultValue("1MB") @NotNull DataSize maxBodySize,
		@DefaultValue("30s") @NotNull @DurationMin(millis = 100) Duration bodyTimeout) {
}
