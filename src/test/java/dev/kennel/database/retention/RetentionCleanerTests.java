package dev.kennel.database.retention;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;

import javax.sql.DataSource;

import dev.kennel.server.HttpExchange;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Deletion of expired rows, by the entries of a feed. */
@KennelTest
class RetentionCleanerTests {

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final SqlRecorder sql;

	private final RetentionCleaner cleaner;

	private final String name = "x" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	RetentionCleanerTests(Api api, JdbcClient jdbc, DataSource dataSource, SqlRecorder sql, RetentionCleaner cleaner) {
		this.api = api;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.sql = sql;
		this.cleaner = cleaner;
	}

	/** Adds entries a second apart, and one that is expired in ten minutes. */
	private void addEntries(int expired) {
		this.api.signUp(this.name).createOwner("Ann");
		this.jdbc
			.sql("INSERT INTO changes (user_id, version, kind, node_kind, node_id, changed_at) "
					+ "SELECT id, 10 + i, 'DELETED', 'DOG', id, clock_timestamp() - interval '7 days' "
					+ "- CASE i WHEN 0 THEN interval '-10 minutes' ELSE make_interval(secs => i) END "
					+ "FROM users, generate_series(0, ?) AS i WHERE username = ?")
			.params(expired, this.name)
			.update();
	}

	private List<@Nullable Integer> versions() {
		return this.jdbc.sql(
				"SELECT version::int FROM changes WHERE user_id = (SELECT id FROM users WHERE username = ?) ORDER BY 1")
			.param(this.name)
			.query(Integer.class)
			.list();
	}

	@Test
	void allExpiredRowsAreDeletedInBatches() {
		addEntries(7);

		List<String> statements;
		try (MDC.MDCCloseable _ = MDC.putCloseable(HttpExchange.REQUEST_ID_KEY, "retention")) {
			statements = this.sql.record(() -> this.cleaner.clean(3));
		}

		assertThat(versions()).containsExactly(1, 10);
		assertThat(statements.stream().filter((statement) -> statement.startsWith("DELETE FROM changes")))
			.hasSizeGreaterThanOrEqualTo(3)
			.containsOnly("DELETE FROM changes WHERE changed_at > ? AND changed_at <= ?");
		assertThat(statements.stream().filter("BEGIN"::equals).count())
			.isEqualTo(statements.stream().filter("COMMIT"::equals).count());
	}

	/** More rows of one time than a batch has are one batch, or it would never end. */
	@Test
	void rowsWithTheSameExpiryAreDeletedTogether() {
		addEntries(7);
		this.jdbc
			.sql("UPDATE changes SET changed_at = clock_timestamp() - interval '8 days' WHERE version > 10 "
					+ "AND user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.update();

		this.cleaner.clean(3);

		assertThat(versions()).containsExactly(1, 10);
	}

	@Test
	void tableIsSkippedWhileAnotherInstanceDeletesFromIt() throws SQLException {
		addEntries(1);
		try (Connection other = this.dataSource.getConnection(); Statement statement = other.createStatement()) {
			other.setAutoCommit(false);
			statement.execute("SELECT pg_advisory_xact_lock(" + 0x6b656e6e + ", hashtext('changes'))");

			this.cleaner.clean();
			assertThat(versions()).containsExactly(1, 10, 11);

			other.rollback();
			other.setAutoCommit(true);
		}

		this.cleaner.clean();
		assertThat(versions()).containsExactly(1, 10);
	}

	@Test
	void everyTableWithAnExpiryIsCleaned() {
		assertThat(this.cleaner.samples())
			.extracting((sample) -> sample.tags().stream().findFirst().orElseThrow().getValue())
			.containsExactlyInAnyOrder("changes", "idempotency_records", "sessions", "session_revocations",
					"former_emails", "login_challenges", "email_logins", "totp_secrets", "used_passkey_challenges");
	}

}
