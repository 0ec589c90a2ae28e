package dev.kennel.paging;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import dev.kennel.database.Rows;
import org.jspecify.annotations.Nullable;

/**
 * The row that a result stands at, by the numbers that the columns have in their listing,
 * from 1. One that was not read is null.
 */
public final class ListRow {

	private final ResultSet result;

	private final int[] positions;

	ListRow(ResultSet result, ColumnSelection selection) {
		this.result = result;
		this.positions = selection.positions();
	}

	/**
	 * Reads an id.
	 * @param column the column's number
	 * @return the id
	 * @throws SQLException if the column can't be read
	 */
	public UUID uuid(int column) throws SQLException {
		return this.result.getObject(this.positions[column], UUID.class);
	}

	/**
	 * Reads a text.
	 * @param column the column's number
	 * @return the text
	 * @throws SQLException if the column can't be read
	 */
	public String text(int column) throws SQLException {
		return this.result.getString(this.positions[column]);
	}

	/**
	 * Reads a text that may be missing.
	 * @param column the column's number
	 * @return the text, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable String textOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.getString(position) : null;
	}

	/**
	 * Reads a day.
	 * @param column the column's number
	 * @return the day, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable LocalDate dateOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.getObject(position, LocalDate.class) : null;
	}

	/**
	 * Reads a moment.
	 * @param column the column's number
	 * @return the moment, in UTC, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable OffsetDateTime momentOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? Rows.momentOrNull(this.result, position) : null;
	}

}
