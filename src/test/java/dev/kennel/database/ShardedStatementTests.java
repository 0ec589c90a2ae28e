package dev.kennel.database;

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ShardedStatementTests {

	private static ShardedStatement of(String sql) {
		return ShardedStatement.of(sql, Set.of("dogs", "owners", "changes", "change_versions"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT id FROM dogs WHERE user_id = ? AND id = ANY (?)",
			"SELECT id FROM dogs WHERE user_id = $1 AND (name = $2 OR breed = $3)",
			"SELECT id FROM dogs d JOIN owners o ON o.user_id = d.user_id AND o.id = d.owner_id WHERE o.user_id = ?",
			"SELECT 1 FROM owners o LEFT JOIN dogs d ON d.user_id = o.user_id WHERE o.user_id = ?",
			"SELECT 1 WHERE EXISTS (SELECT FROM dogs WHERE user_id = ?)",
			"SELECT id FROM owners WHERE user_id = ? AND NOT (EXISTS (SELECT 1 FROM dogs WHERE user_id = owners.user_id))",
			"SELECT c.* FROM unnest(?::uuid[]) AS p (id) CROSS JOIN LATERAL (SELECT id FROM dogs WHERE user_id = ? LIMIT ?) AS c",
			"SELECT id FROM (SELECT user_id, id FROM owners UNION ALL SELECT user_id, id FROM dogs) AS f WHERE user_id = ?",
			"INSERT INTO dogs (id, user_id) VALUES (?, ?)", "UPDATE dogs SET name = ? WHERE user_id = ? AND id = ?",
			"DELETE FROM dogs WHERE user_id = ? AND id <= (SELECT id FROM dogs WHERE user_id = ? LIMIT 1)",
			"WITH v AS (INSERT INTO change_versions (user_id, version) VALUES (?, 1) RETURNING user_id) "
					+ "INSERT INTO changes (version, user_id) SELECT 1, v.user_id FROM v",
			"WITH v AS (UPDATE change_versions SET version = 2 WHERE user_id = ? RETURNING user_id) "
					+ "DELETE FROM dogs USING v WHERE dogs.user_id = v.user_id",
			"SELECT username FROM users WHERE username_key = ?" })
	void statementIsBoundToOneAccount(String sql) {
		assertThat(of(sql).unbound()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT id FROM dogs WHERE id = ?", "SELECT id FROM dogs WHERE user_id = ANY (?)",
			"SELECT id FROM dogs WHERE user_id = ? OR id = ?", "SELECT id FROM dogs WHERE NOT (user_id = ?)",
			"SELECT id FROM dogs d JOIN owners o ON o.id = d.owner_id WHERE o.user_id = ?",
			"SELECT 1 FROM dogs d LEFT JOIN owners o ON d.user_id = ? AND o.user_id = ?",
			"SELECT id FROM owners WHERE user_id = ? AND EXISTS (SELECT 1 FROM dogs WHERE owner_id = owners.id)",
			"SELECT id FROM dogs WHERE EXISTS (SELECT 1 FROM owners WHERE owners.user_id = ? AND owners.id = dogs.owner_id)",
			"SELECT id FROM dogs WHERE user_id = owner_id",
			"SELECT id FROM (SELECT user_id, id FROM owners WHERE user_id = ? UNION ALL SELECT user_id, id FROM dogs) AS f",
			"SELECT id FROM (SELECT user_id, id FROM dogs ORDER BY id LIMIT 5) AS f WHERE user_id = ?",
			"INSERT INTO dogs (id, user_id) SELECT ?, user_id FROM changes",
			"DELETE FROM dogs WHERE ctid = ANY (ARRAY(SELECT ctid FROM dogs WHERE user_id = ? LIMIT ?))",
			"WITH v AS (SELECT user_id FROM changes) DELETE FROM dogs USING v WHERE dogs.user_id = v.user_id AND v.user_id = ?",
			"UPDATE dogs SET name = input.name FROM unnest(?::uuid[], ?::text[]) AS input (user_id, name) "
					+ "WHERE dogs.user_id = input.user_id" })
	void statementMayHaveSeveralShards(String sql) {
		assertThat(of(sql).unbound()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE FROM dogs WHERE user_id = ? AND created_at < now()",
			"DELETE FROM dogs WHERE user_id = ? AND created_at < CURRENT_TIMESTAMP",
			"UPDATE dogs SET name = gen_random_uuid()::text WHERE user_id = ?",
			"DELETE FROM dogs WHERE id IN (SELECT id FROM dogs WHERE created_at < clock_timestamp())",
			"INSERT INTO dogs (user_id) VALUES (?) ON CONFLICT (user_id) DO UPDATE SET created_at = clock_timestamp()" })
	void volatileFunctionInAConditionIsFound(String sql) {
		assertThat(of(sql).volatileFunctions()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SELECT id FROM dogs WHERE created_at < clock_timestamp()",
			"INSERT INTO dogs (user_id, created_at) VALUES (?, clock_timestamp())",
			"UPDATE dogs SET updated_at = statement_timestamp() WHERE user_id = ?" })
	void otherFunctionIsAllowed(String sql) {
		assertThat(of(sql).volatileFunctions()).isEmpty();
	}

	@Test
	void rowLocksAreFound() {
		assertThat(of("SELECT 1 FROM dogs WHERE user_id = ? FOR UPDATE").locksRows()).isTrue();
		assertThat(of("DELETE FROM dogs WHERE id IN (SELECT id FROM dogs LIMIT 1 FOR UPDATE SKIP LOCKED)").locksRows())
			.isTrue();
		assertThat(of("SELECT 1 FROM dogs WHERE user_id = ?").locksRows()).isFalse();
	}

}
