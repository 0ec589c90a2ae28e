package dev.kennel.database;

import java.time.Duration;

import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.validation.annotation.Validated;

/**
 * The notifications between instances.
 *
 * @param enabled whether PostgreSQL's LISTEN and NOTIFY are used. Without them, the
 * instances poll
 * @param interval the minimum time between two transactions with notifications; the
 * notifications in between are sent together
 * @param url the JDBC URL of PostgreSQL itself, if {@code spring.datasource.url} leads to
 * a connection pooler that does not keep sessions; it is for LISTEN and for migrations
 * @param username the role for that URL, by default that of {@code spring.datasource}
 * @param password its password, by default that of {@code spring.datasource}
 */
@Validated
@ConfigurationProperties("kennel.notifications")
public record NotificationProperties(@DefaultValue("true") boolean enabled,
		@DefaultValue("10ms") @DurationMin Duration interval, @Nullable String url, @Nullable String username,
		@Nullable String password) {

	public NotificationProperties {
		url = StringUtils.hasText(url) ? url : null;
	}

	/** Leaves out the password, and the URL, which may contain one. */
	@Override
	public String toString() {
		return "NotificationProperties[enabled=" + this.enabled + ", interval=" + this.interval + "]";
	}

}
