package dev.kennel.database.notification;

import java.time.Duration;

import dev.kennel.database.DirectConnectionProperties;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The notifications between instances. The connection for them has its own record, since
 * it configures the package {@code database}.
 *
 * @param enabled whether PostgreSQL's LISTEN and NOTIFY are used. Without them, the
 * instances poll
 * @param interval the minimum time between two transactions with notifications; the
 * notifications in between are sent together
 * @see DirectConnectionProperties
 */
@Validated
@ConfigurationProperties("kennel.notifications")
record NotificationProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("10ms") @DurationMin Duration interval) {
}
