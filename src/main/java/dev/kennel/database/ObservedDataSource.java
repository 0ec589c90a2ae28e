package dev.kennel.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Has a {@link StatementObserver} told of the statements of a pool's connections, and
 * lets no commit pass for done that no standby has.
 */
class ObservedDataSource extends DelegatingDataSource {

	private final StatementObserver observer;

	ObservedDataSource(DataSource pool, StatementObserver observer) {
		super(pool);
		this.observer = observer;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return proxy(Connection.class, new ObservedConnection(super.getConnection(), this.observer));
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type
			.cast(Proxy.newProxyInstance(ObservedDataSource.class.getClassLoader(), new Class<?>[] { type }, handler));
	}

	private static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	/** Makes the connection's statements observed ones. */
	private record ObservedConnection(Connection connection, StatementObserver observer) implements InvocationHandler {

		@Override
		@SuppressWarnings("ReferenceEquality") // It is no other, whatever that says.
		public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			switch (method.getName()) {
				case "equals" -> {
					return arguments != null && proxy == arguments[0];
				}
				case "hashCode" -> {
					return System.identityHashCode(proxy);
				}
				default -> {
				}
			}
			Object result = ObservedDataSource.invoke(this.connection, method, arguments);
			if (method.getName().equals("commit")) {
				UnreplicatedCommit.requireNone(this.connection.getWarnings());
			}
			if (method.getReturnType() == PreparedStatement.class && arguments != null
					&& arguments[0] instanceof String sql && result instanceof PreparedStatement prepared) {
				return proxy(PreparedStatement.class, new ObservedStatement(prepared, sql, this.observer));
			}
			if (method.getReturnType() == Statement.class && result instanceof Statement plain) {
				return proxy(Statement.class, new ObservedStatement(plain, null, this.observer));
			}
			return result;
		}

	}

	/** Observes what is executed. */
	private record ObservedStatement(Statement statement, @Nullable String prepared,
			StatementObserver observer) implements InvocationHandler {

		@Override
		@SuppressWarnings("ReferenceEquality") // It is no other, whatever that says.
		public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			String name = method.getName();
			if (name.equals("equals")) {
				return arguments != null && proxy == arguments[0];
			}
			if (name.equals("hashCode")) {
				return System.identityHashCode(proxy);
			}
			if (!name.startsWith("execute")) {
				return ObservedDataSource.invoke(this.statement, method, arguments);
			}
			String sql = (arguments != null && arguments.length > 0 && arguments[0] instanceof String text) ? text
					: this.prepared;
			StatementObserver.Observation observation = this.observer.begin((sql != null) ? sql : "");
			Throwable failure = null;
			try {
				Object result = ObservedDataSource.invoke(this.statement, method, arguments);
				UnreplicatedCommit.requireNone(this.statement.getWarnings());
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
