package dev.kennel.database;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;

import javax.sql.DataSource;

import dev.kennel.database.sql.StatementObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Reports the statements of a pool's connections, and their commits, to a
 * {@link StatementObserver}, and fails a commit that no standby has confirmed.
 */
class ObservedDataSource extends DelegatingDataSource {

	private final StatementObserver observer;

	ObservedDataSource(DataSource pool, StatementObserver observer) {
		super(pool);
		this.observer = observer;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return new ObservedConnection(super.getConnection(), this.observer).as(Connection.class);
	}

	/** Returns the warnings of the last statement. */
	private interface WarningSource {

		@Nullable SQLWarning get() throws SQLException;

	}

	/** Observes some calls, each of which is a statement. */
	private abstract static class Observed<T> extends JdbcProxy<T> {

		private final StatementObserver observer;

		private final WarningSource warnings;

		Observed(T target, WarningSource warnings, StatementObserver observer) {
			super(target);
			this.warnings = warnings;
			this.observer = observer;
		}

		final StatementObserver observer() {
			return this.observer;
		}

		final @Nullable Object observe(String sql, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			StatementObserver.Observation observation = this.observer.begin(sql);
			Throwable failure = null;
			try {
				Object result = proceed(method, arguments);
				ReplicationCheck.requireConfirmed(this.warnings.get());
				return result;
			}
			catch (Throwable ex) {
				failure = ex;
				throw ex;
			}
			finally {
				observation.end(failure);
			}
		}

	}

	/** Observes commits, and wraps the connection's statements. */
	private static final class ObservedConnection extends Observed<Connection> {

		ObservedConnection(Connection connection, StatementObserver observer) {
			super(connection, connection::getWarnings, observer);
		}

		@Override
		@Nullable Object intercept(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
			if (method.getName().equals("commit")) {
				return observe("COMMIT", method, arguments);
			}
			Object result = proceed(method, arguments);
			if (method.getReturnType() == PreparedStatement.class && arguments != null
					&& arguments[0] instanceof String sql && result instanceof PreparedStatement prepared) {
				return new ObservedStatement<>(prepared, sql, observer()).as(PreparedStatement.class);
			}
			if (method.getReturnType() == Statement.class && result instanceof Statement plain) {
				return new ObservedStatement<>(plain, null, observer()).as(Statement.class);
			}
			return result;
		}

	}

	/** Observes executions. */
	private static final class ObservedStatement<T extends Statement> extends Observed<T> {

		private final @Nullable String prepared;

		ObservedStatement(T statement, @Nullable String prepared, StatementObserver observer) {
			super(statement, statement::getWarnings, observer);
			this.prepared = prepared;
		}

		@Override
		@Nullable Object intercept(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
			if (!method.getName().startsWith("execute")) {
				return proceed(method, arguments);
			}
			String sql = (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) ? text
					: this.prepared;
			return observe((sql != null) ? sql : "", method, arguments);
		}

	}

}
