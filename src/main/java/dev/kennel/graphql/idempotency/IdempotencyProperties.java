package dev.kennel.graphql.idempotency;

import java.time.Duration;

import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How mutations are kept from being run twice.
 *
 * @param retention how long what a request has answered is kept under its
 * {@code Idempotency-Key}
 */
@Validated
@ConfigurationProperties("kennel.idempotency")
record IdempotencyProperties(@DefaultValue("24h") @NotNull @DurationMin(minutes = 1) Duration retention) {
}
