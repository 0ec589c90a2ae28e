package dev.kennel.database.sql;

import java.sql.SQLException;

import io.vertx.pgclient.PgException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

import org.springframework.dao.InvalidDataAccessResourceUsageException;

import static org.assertj.core.api.Assertions.assertThat;

/** SQLSTATEs, as both clients report them. */
class SqlFailureClassifierTests {

	@ParameterizedTest
	@CsvSource({ "08000, unavailable", "08006, unavailable", "08P01, unavailable", "53100, unavailable",
			"53200, unavailable", "53300, unavailable", "58030, unavailable", "57P01, unavailable",
			"57P02, unavailable", "57P03, unavailable", "57P04, unavailable", "57P05, unavailable",
			"25P03, unavailable", "25P04, unavailable", "25006, unavailable", "40003, unavailable", "40001, contention",
			"40P01, contention", "55P03, contention", "57014, deadline", "23505, none", "25P02, none", "0A000, none",
			"42P01, none", "22P02, none", "XX000, none" })
	void failureIsClassifiedByItsSqlState(String state, String kind) {
		Throwable jdbc = new InvalidDataAccessResourceUsageException("Refused",
				new PSQLException(new ServerErrorMessage("SERROR\0C" + state + "\0MRefused\0")));
		Throwable pipelined = new InvalidDataAccessResourceUsageException("Refused",
				new PgException("Refused", "ERROR", state, null));

		for (Throwable failure : new Throwable[] { jdbc, pipelined }) {
			assertThat(SqlFailureClassifier.isUnavailable(failure)).isEqualTo(kind.equals("unavailable"));
			assertThat(SqlFailureClassifier.isContention(failure)).isEqualTo(kind.equals("contention"));
			assertThat(SqlFailureClassifier.isDeadlineExceeded(failure)).isEqualTo(kind.equals("deadline"));
			assertThat(SqlFailureClassifier.state(failure)).isEqualTo(state);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERROR, 23505, true", "SERROR, 25006, false", "SFATAL, 57P01, false" })
	void statementIsRefusedUnlessTheServerIsUnavailable(String severity, String state, boolean refused) {
		Throwable failure = new PSQLException(new ServerErrorMessage(severity + "\0C" + state + "\0MRefused\0"));

		assertThat(SqlFailureClassifier.isRefused(failure)).isEqualTo(refused);
		assertThat(SqlFailureClassifier.isRefused(new PSQLException("Lost", PSQLState.CONNECTION_FAILURE))).isFalse();
		assertThat(SqlFailureClassifier.isRefused(new SQLException("No response"))).isFalse();
	}

}
