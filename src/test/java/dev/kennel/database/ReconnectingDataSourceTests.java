package dev.kennel.database;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.jdbc.datasource.AbstractDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(20)
class ReconnectingDataSourceTests {

	private static final Connection CONNECTION = (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
			new Class<?>[] { Connection.class }, (proxy, method, arguments) -> null);

	private static final String NONE = "";

	private static final String UNREACHABLE = "08001";

	private static final String PASSWORD_REFUSED = "28P01";

	/** The SQLSTATE of each attempt, or none if it succeeds. */
	private final Deque<String> outcomes = new ArrayDeque<>();

	private final ReconnectingDataSource dataSource = new ReconnectingDataSource(new AbstractDataSource() {

		@Override
		public Connection getConnection() throws SQLException {
			String state = ReconnectingDataSourceTests.this.outcomes.remove();
			if (!state.equals(NONE)) {
				throw new SQLException("Refused", state);
			}
			return CONNECTION;
		}

		@Override
		public Connection getConnection(@Nullable String username, @Nullable String password) throws SQLException {
			return getConnection();
		}

	});

	private void assertFails(String state) {
		assertThatExceptionOfType(SQLException.class).isThrownBy(this.dataSource::getConnection)
			.satisfies((failure) -> assertThat(failure.getSQLState()).isEqualTo(state));
	}

	@Test
	void connectionIsRetriedDuringAnOutageAfterTheFirstFailure() throws SQLException {
		this.outcomes.addAll(List.of(NONE, UNREACHABLE, UNREACHABLE, UNREACHABLE, NONE, UNREACHABLE));
		assertThat(this.dataSource.getConnection()).isSameAs(CONNECTION);
		assertFails(UNREACHABLE);
		assertThat(this.dataSource.getConnection("ann", "secret")).isSameAs(CONNECTION);
		// The next outage.
		assertFails(UNREACHABLE);
		assertThat(this.outcomes).isEmpty();
	}

	@Test
	void nothingIsRetriedBeforeTheFirstConnection() {
		this.outcomes.addAll(List.of(UNREACHABLE, UNREACHABLE));
		assertFails(UNREACHABLE);
		assertFails(UNREACHABLE);
	}

	@Test
	void refusedPasswordIsNotRetried() throws SQLException {
		this.outcomes.addAll(List.of(NONE, UNREACHABLE, UNREACHABLE, PASSWORD_REFUSED));
		assertThat(this.dataSource.getConnection()).isSameAs(CONNECTION);
		assertFails(UNREACHABLE);
		assertFails(PASSWORD_REFUSED);
		assertThat(this.outcomes).isEmpty();
	}

	@Test
	void interruptEndsTheRetries() throws SQLException {
		this.outcomes.addAll(List.of(NONE, UNREACHABLE, UNREACHABLE));
		assertThat(this.dataSource.getConnection()).isSameAs(CONNECTION);
		assertFails(UNREACHABLE);
		// The pool is being closed.
		Thread.currentThread().interrupt();
		assertFails(UNREACHABLE);
		assertThat(Thread.interrupted()).isTrue();
	}

}
