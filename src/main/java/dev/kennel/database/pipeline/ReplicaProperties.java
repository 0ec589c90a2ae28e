package dev.kennel.database.pipeline;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * A replica of the database, which serves reads.
 *
 * @param url the JDBC URL of a physical standby; without one, the primary serves all
 * reads
 * @param username the role there, by default that of the primary
 * @param password its password, by default that of the primary
 */
@ConfigurationProperties("kennel.database.replica")
record ReplicaProperties(@Nullable String url, @Nullable String username, @Nullable String password) {

	ReplicaProperties {
		url = StringUtils.hasText(url) ? url : null;
	}

	/** Leaves out the password, and the URL, which may contain one. */
	@Override
	public String toString() {
		return "ReplicaProperties[username=" + this.username + "]";
	}

}
