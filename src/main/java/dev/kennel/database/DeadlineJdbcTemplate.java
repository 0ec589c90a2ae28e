package dev.kennel.database;

import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Statements that end with the deadline of their thread, at no cost before.
 */
class DeadlineJdbcTemplate extends JdbcTemplate {

	DeadlineJdbcTemplate(DataSource dataSource) {
		super(dataSource);
	}

	@Override
	protected void applyStatementSettings(Statement statement) throws SQLException {
		super.applyStatementSettings(statement);
		Deadline deadline = Deadline.current();
		if (deadline != null) {
			deadline.stops(statement);
		}
	}

}
