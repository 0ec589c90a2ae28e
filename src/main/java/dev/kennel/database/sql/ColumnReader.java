package dev.kennel.database.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/** Reads columns as the types of records. */
public final class ColumnReader {

	/**
	 * Selects when a row was changed, as {@code changed_at}: NULL for a row that never
	 * was. Most never are, and a NULL is neither sent nor decoded.
	 */
	public static final String CHANGED_AT = "nullif(updated_at, created_at) AS changed_at";

	private ColumnReader() {
	}

	/**
	 * Reads a timestamp.
	 * @param row the result set, at the row
	 * @param column the column's number
	 * @return the timestamp, in UTC
	 * @throws SQLException if the column can't be read
	 */
	public static OffsetDateTime timestamp(ResultSet row, int column) throws SQLException {
		OffsetDateTime timestamp = timestampOrNull(row, column);
		if (timestamp == null) {
			throw new SQLException("Column " + column + " is NULL");
		}
		return timestamp;
	}

	/**
	 * Reads a timestamp.
	 * @param row the result set, at the row
	 * @param column the column's number
	 * @return the timestamp, in UTC, or null if there is none
	 * @throws SQLException if the column can't be read
	 */
	public static @Nullable OffsetDateTime timestampOrNull(ResultSet row, int column) throws SQLException {
		OffsetDateTime timestamp = row.getObject(column, OffsetDateTime.class);
		// Until a statement is prepared on the server, the driver returns the time zone
		// of the machine.
		return (timestamp != null) ? timestamp.withOffsetSameInstant(ZoneOffset.UTC) : null;
	}

}
