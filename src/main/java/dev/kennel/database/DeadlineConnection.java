package dev.kennel.database;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

/**
 * A connection that was taken by a thread with a deadline: its statements end with it,
 * whoever makes them, and so does the connection, if it is not given back soon after.
 */
final class DeadlineConnection extends JdbcProxy<Connection> {

	private final Deadline deadline;

	private DeadlineConnection(Connection connection, Deadline deadline) {
		super(connection);
		this.deadline = deadline;
	}

	static Connection of(Connection taken, Deadline deadline) {
		deadline.takes(taken);
		return new DeadlineConnection(taken, deadline).as(Connection.class);
	}

	@Override
	@Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
		if (method.getName().equals("close")) {
			this.deadline.givesBack(target());
		}
		boolean makesStatement = Statement.class.isAssignableFrom(method.getReturnType());
		if (makesStatement) {
			this.deadline.require();
		}
		Object answer = proceed(method, arguments);
		if (makesStatement && answer instanceof Statement statement) {
			this.deadline.stops(statement);
		}
		return answer;
	}

}
