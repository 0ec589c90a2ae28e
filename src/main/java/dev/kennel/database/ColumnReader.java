package dev.kennel.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;

/** Reads columns into the types that records have. */
public final class ColumnReader {

	/**
	 * The column to read when a row was changed, as {@code changed_at}: NULL for one that
	 * never was. Most never are, and what is not sent has not to be read either.
	 */
	public static final String CHANGED_AT = "nullif(updated_at, created_at) AS changed_at";

	private ColumnReader() {
	}

	/**
	 * Reads a moment.
	 * @param row the result, at the row
	 * @param column the column's number
	 * @return the moment, in UTC
	 * @throws SQLException if the column can't be read
	 */
	public static OffsetDateTime moment(ResultSet row, int column) throws SQLException {
		OffsetDateTime moment = momentOrNull(row, column);
		if (moment == null) {
			throw new SQLException("Column " + column + " is NULL");
		}
		return moment;
	}

	/**
	 * Reads a moment.
	 * @param row the result, at the row
	 * @param column the column's number
	 * @return the moment, in UTC, or null if there is none
	 * @throws SQLException if the column can't be read
	 */
	public static @Nullable OffsetDateTime momentOrNull(ResultSet row, int column) throws SQLException {
		OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
		// As long as a statement is not prepared on the server, the driver answers in the
		// time zone of the machine.
		return (moment != null) ? moment.withOffsetSameInstant(ZoneOffset.UTC) : null;
	}

}
