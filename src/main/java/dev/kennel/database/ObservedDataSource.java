package dev.kennel.database;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import dev.kennel.database.sql.StatementObserver;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Reports the statements of a pool's connections to a {@link StatementObserver}, and
 * fails a commit that no standby has confirmed.
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

	/** Wraps the connection's statements. */
	private static final class ObservedConnection extends JdbcProxy<Connection> {

		private final StatementObserver observer;

		ObservedConnection(Connection connection, StatementObserver observer) {
			super(connection);
			this.observer = observer;
		}

		@Override
		@Nullable Object intercept(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
			Object result = proceed(method, arguments);
			if (method.getName().equals("commit")) {
				ReplicationCheck.requireConfirmed(target().getWarnings());
			}
			if (method.getReturnType() == PreparedStatement.class && arguments != null
					&& arguments[0] instanceof String sql && result instanceof PreparedStatement prepared) {
				return new ObservedStatement<>(prepared, sql, this.observer).as(PreparedStatement.class);
			}
			if (method.getReturnType() == Statement.class && result instanceof Statement plain) {
				return new ObservedStatement<>(plain, null, this.observer).as(Statement.class);
			}
			return result;
		}

	}

	/** Observes executions. */
	private static final class ObservedStatement<T extends Statement> extends JdbcProxy<T> {

		private final @Nullable String prepared;

		private final StatementObserver observer;

		ObservedStatement(T statement, @Nullable String prepared, StatementObserver observer) {
			super(statement);
			this.prepared = prepared;
			this.observer = observer;
		}

		@Override
		@Nullable Object intercept(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
			if (!method.getName().startsWith("execute")) {
				return proceed(method, arguments);
			}
			String sql = (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) ? text
					: this.prepared;
			StatementObserver.Observation observation = this.observer.begin((sql != null) ? sql : "");
			Throwable failure = null;
			try {
				Object result = proceed(method, arguments);
				ReplicationCheck.requireConfirmed(target().getWarnings());
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

}
