package dev.kennel.database;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was taken by a thread with a deadline: its statements end with it,
 * whoever makes them, and so does the connection, if it is not given back soon after.
 */
final class DeadlineConnection implements InvocationHandler {

	private final Connection connection;

	private final Deadline deadline;

	private DeadlineConnection(Connection connection, Deadline deadline) {
		this.connection = connection;
		this.deadline = deadline;
	}

	static Connection of(Connection taken, Deadline deadline) {
		deadline.takes(taken);
		return (Connection) Proxy.newProxyInstance(DeadlineConnection.class.getClassLoader(),
				new Class<?>[] { Connection.class }, new DeadlineConnection(taken, deadline));
	}

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
			case "close" -> this.deadline.givesBack(this.connection);
			default -> {
			}
		}
		boolean makesStatement = Statement.class.isAssignableFrom(method.getReturnType());
		if (makesStatement) {
			this.deadline.require();
		}
		try {
			Object answer = method.invoke(this.connection, arguments);
			if (makesStatement && answer instanceof Statement statement) {
				this.deadline.stops(statement);
			}
			return answer;
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
