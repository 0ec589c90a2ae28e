package dev.kennel.database;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.StringUtils;

/**
 * The connection to PostgreSQL itself, if {@code spring.datasource.url} leads to a
 * connection pooler that does not keep sessions: for LISTEN, and for migrations. The
 * other members of the prefix have their own record, since they configure the package
 * {@code database.notification}.
 *
 * @param url the JDBC URL
 * @param username the role for that URL, by default that of {@code spring.datasource}
 * @param password its password, by default that of {@code spring.datasource}
 */
@ConfigurationProperties("kennel.notifications")
public record DirectConnectionProperties(@Nullable String url, @Nullable String username, @Nullable String password) {

	public DirectConnectionProperties {
		url = StringUtils.hasText(url) ? url : null;
	}

	/** Leaves out the password, and the URL, which may contain one. */
	@Override
	public String toString() {
		return "DirectConnectionProperties[username=" + this.username + "]";
	}

}
