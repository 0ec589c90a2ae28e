package dev.kennel.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.zaxxer.hikari.SQLExceptionOverride.Override;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
class EvictionPolicyTests {

	private final DataSource dataSource;

	EvictionPolicyTests(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	@ParameterizedTest
	@CsvSource({ "0A000, ErrorIfUnsupported, DO_NOT_EVICT, 0", "0A000, RevalidateCachedQuery, CONTINUE_EVICT, 0",
			"25006, PreventCommandIfReadOnly, MUST_EVICT, 1", "23505, _bt_check_unique, CONTINUE_EVICT, 0" })
	void sqlStateDecidesOnEviction(String state, String routine, Override expected, int evictionsOfAll) {
		AtomicInteger evictions = new AtomicInteger();
		EvictionPolicy policy = new EvictionPolicy(evictions::incrementAndGet);

		assertThat(policy.adjudicate(
				new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0MRefused\0R" + routine + "\0"))))
			.isEqualTo(expected);
		assertThat(evictions).hasValue(evictionsOfAll);
	}

	@Test
	void connectionIsKeptAfterAnUnsupportedStatement() throws SQLException {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			assertThatExceptionOfType(SQLException.class)
				.isThrownBy(() -> statement
					.execute("DO $$ BEGIN RAISE EXCEPTION 'Unsupported' USING ERRCODE = '0A000'; END $$"))
				.satisfies((ex) -> assertThat(ex.getSQLState()).isEqualTo("0A000"));

			// HikariCP has closed an evicted connection by now.
			assertThat(statement.execute("SELECT 1")).isTrue();
		}
	}

}
