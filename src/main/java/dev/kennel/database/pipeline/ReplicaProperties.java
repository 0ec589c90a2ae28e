package dev.kennel.database.pipeline;

import java.time.Duration;

import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;
import org.springframework.validation.annotation.Validated;

/**
 * A replica of the database, which serves reads.
 *
 * @param url the JDBC URL of a physical standby; without one, the primary serves all
 * reads
 * @param username the role there, by default that of the primary
 * @param password its password, by default that of the primary
 * @param maxWait how long a query waits for a replica that is busy, before it is read
 * from the primary, at most 5 seconds
 */
@Validated
@ConfigurationProperties("kennel.database.replica")
record ReplicaProperties(@Nullable String url, @Nullable String username, @Nullable String password,
		@DefaultValue("250ms") @DurationMin(millis = 1) @DurationMax(seconds = 5) Duration maxWait) {

	ReplicaProperties {
		url = StringUtils.hasText(url) ? url : null;
	}

	/** Leaves out the password, and the URL, which may contain one. */
	@Override
	public String toString() {
		return "ReplicaProperties[username=" + this.username + ", maxWait=" + this.maxWait + "]";
	}

}
