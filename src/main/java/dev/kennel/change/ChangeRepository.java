package dev.kennel.change;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.database.retention.RetentionPolicy;
import dev.kennel.database.sql.JdbcResultRows;
import dev.kennel.database.sql.ResultRows;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/**
 * Reads the feed. {@code dev.kennel.write} appends to it, in the statements that write
 * owners and dogs.
 */
@Repository
class ChangeRepository {

	private final JdbcTemplate jdbc;

	private final PipelinedClient client;

	ChangeRepository(JdbcTemplate jdbc, PipelinedClient client) {
		this.jdbc = jdbc;
		this.client = client;
	}

	/** Entries of the feed are kept for {@code kennel.changes.retention}. */
	@Bean
	static RetentionPolicy changeRetention(ChangeProperties properties) {
		return new RetentionPolicy("changes", "changed_at", properties.retention());
	}

	/** Returns the version of an account: 0 before its first change. */
	long version(AccountId account) {
		Long version = versions(List.of(account)).get(account);
		return (version != null) ? version : 0;
	}

	/** Returns the position after the newest entry of an account. */
	FeedPosition end(AccountId account) {
		FeedPosition end = this.jdbc.query("""
				SELECT latest.version, kind, node_kind, node_id, changed_at
				FROM change_versions AS latest
				LEFT JOIN changes ON changes.user_id = latest.user_id AND changes.version = latest.version
				WHERE latest.user_id = ?""", (ResultSet row) -> {
			if (!row.next()) {
				return new FeedPosition(0, 0);
			}
			return (row.getString(2) != null) ? FeedPosition.after(entry(new JdbcResultRows(row)))
					: new FeedPosition(row.getLong(1), 0);
		}, account.value());
		return required(end);
	}

	/** Returns the versions of several accounts; an account without changes is absent. */
	Map<AccountId, Long> versions(Collection<AccountId> accounts) {
		Map<AccountId, Long> versions = HashMap.newHashMap(accounts.size());
		this.jdbc.query("SELECT user_id, version FROM change_versions WHERE user_id = ANY (?)", (row) -> {
			versions.put(new AccountId(row.getObject(1, UUID.class)), row.getLong(2));
		}, (Object) accounts.stream().map(AccountId::value).toArray(UUID[]::new));
		return versions;
	}

	/** Returns the first entries after a position, in order. */
	FeedPage after(AccountId account, FeedPosition position, int limit) {
		ResultRows rows = PipelinedClient.await(this.client.query(account, StatementLane.SHORT,
				"SELECT version, kind, node_kind, node_id, changed_at FROM changes "
						+ "WHERE user_id = $1 AND version >= $2 ORDER BY version LIMIT $3",
				List.of(account.value(), position.version(), limit + 1L)));
		FeedPosition start = null;
		List<ChangeEntry> entries = new ArrayList<>();
		try {
			while (rows.next()) {
				ChangeEntry entry = entry(rows);
				if (entry.version() == position.version()) {
					start = FeedPosition.after(entry);
				}
				else if (entries.size() < limit) {
					entries.add(entry);
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new FeedPage(start, entries);
	}

	private static ChangeEntry entry(ResultRows row) throws SQLException {
		return new ChangeEntry(row.number(1), ChangeKind.valueOf(required(row.text(2))),
				NodeKind.valueOf(required(row.text(3))).id(row.uuid(4)), required(row.moment(5)));
	}

	private static <T> T required(@Nullable T value) {
		return Objects.requireNonNull(value);
	}

}
