package dev.kennel.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Reads columns into the types that records have. */
public final class Rows {

	private Rows() {
	}

	/**
	 * Reads a moment.
	 * @param row the result, at the row
	 * @param column the column's number
	 * @return the moment, in UTC
	 * @throws SQLException if the column can't be read
	 */
	public static OffsetDateTime moment(ResultSet row, int column) throws SQLException {
		// As long as a statement is not prepared on the server, the driver answers in the
		// time zone of the machine.
		return row.getObject(column, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC);
	}

}
