package dev.kennel.account;

import java.util.UUID;

import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Reads accounts without their password hashes: each method is one statement, and needs
 * no transaction.
 */
@Repository
class UserQueryRepository {

	private final JdbcClient jdbc;

	UserQueryRepository(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Nullable User find(AccountId account) {
		return this.jdbc
			.sql("SELECT id, username, email, email_verified_at, created_at, updated_at FROM users "
					+ "WHERE id = ? AND deleted_at IS NULL")
			.param(account.value())
			.query((row, number) -> new User(NodeKind.USER.id(row.getObject(1, UUID.class)), row.getString(2),
					row.getString(3), (row.getObject(4) != null) ? ColumnReader.timestamp(row, 4) : null,
					ColumnReader.timestamp(row, 5), ColumnReader.timestamp(row, 6)))
			.optional()
			.orElse(null);
	}

}
