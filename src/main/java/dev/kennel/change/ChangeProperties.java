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
 * @param pollInterval how often an instance looks for changes that it has not been told
 * of
 * @param maxBacklog how many changes a client may fall behind while it takes none, before
 * its stream is closed
 */
@Validated
@ConfigurationProperties("kennel.changes")
record ChangeProperties(@DefaultValue("7d") @NotNull @DurationMin(minutes = 1) Duration retention,
		@DefaultValue("2s") @NotNull @DurationMin(millis = 10) Duration pollInterval,
		@DefaultValue("1000") @Min(1) int maxBacklog) {
}
