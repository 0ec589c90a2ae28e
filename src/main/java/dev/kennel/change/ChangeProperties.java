package dev.kennel.change;

import java.time.Duration;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The change feed.
 *
 * @param retention how long a change is kept for a client to resume from
 * @param pollInterval the interval at which an instance polls for changes of which it got
 * no notification
 * @param maxBacklog the number of changes by which a client that consumes none may fall
 * behind before its stream is closed
 * @param maxStaleness how long polls may fail before subscriptions end with UNAVAILABLE
 */
@Validated
@ConfigurationProperties("kennel.changes")
record ChangeProperties(@DefaultValue("7d") @NotNull @DurationMin(minutes = 1) Duration retention,
		@DefaultValue("2s") @NotNull @DurationMin(millis = 10) Duration pollInterval,
		@DefaultValue("1000") @Min(1) int maxBacklog,
		@DefaultValue("10s") @NotNull @DurationMin(millis = 10) Duration maxStaleness) {
}
