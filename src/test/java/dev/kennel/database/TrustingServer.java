package dev.kennel.database;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/** A server that needs no password of the role {@code postgres}. */
public record TrustingServer(String getJdbcUrl) implements JdbcConnectionDetails {

	@Override
	public String getUsername() {
		return "postgres";
	}

	@Override
	public String getPassword() {
		return "";
	}

}
