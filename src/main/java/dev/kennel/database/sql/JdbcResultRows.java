package dev.kennel.database.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Rows of the JDBC driver, read in the transaction of a write.
 *
 * @param result the result set
 */
public record JdbcResultRows(ResultSet result) implements ResultRows {

	@Override
	public boolean next() throws SQLException {
		return this.result.next();
	}

	@Override
	public UUID uuid(int column) throws SQLException {
		return this.result.getObject(column, UUID.class);
	}

	@Override
	public @Nullable UUID uuidOrNull(int column) throws SQLException {
		return this.result.getObject(column, UUID.class);
	}

	@Override
	public @Nullable String text(int column) throws SQLException {
		return this.result.getString(column);
	}

	@Override
	public @Nullable LocalDate date(int column) throws SQLException {
		return this.result.getObject(column, LocalDate.class);
	}

	@Override
	public @Nullable OffsetDateTime moment(int column) throws SQLException {
		return ColumnReader.timestampOrNull(this.result, column);
	}

	@Override
	public long number(int column) throws SQLException {
		return this.result.getLong(column);
	}

}
