package dev.kennel.graphql.idempotency;

import java.time.Duration;

import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Configures idempotency keys.
 *
 * @param retention how long the payloads of a request are stored under its
 * {@code Idempotency-Key}
 */
@Validated
@ConfigurationProperties("kennel.idempotency")
record IdempotencyProperties(@DefaultValue("24h") @NotNull @DurationMin(minutes = 1) Duration retention) {
}
