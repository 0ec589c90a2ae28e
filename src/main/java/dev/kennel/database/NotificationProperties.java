package dev.kennel.database;

import java.time.Duration;

import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the instances tell each other what has happened.
 *
 * @param enabled whether PostgreSQL's LISTEN and NOTIFY are used. Off, for instance
 * behind a connection pooler that can't carry them, the instances find out by looking
 * @param interval how long after one transaction with notifications the next one is sent
 * at the earliest, with all that have come meanwhile
 */
@Validated
@ConfigurationProperties("kennel.notifications")
record NotificationProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("10ms") @DurationMin Duration interval) {
}
