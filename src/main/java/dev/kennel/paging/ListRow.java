package dev.kennel.paging;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import dev.kennel.database.ResultRows;
import org.jspecify.annotations.Nullable;

/**
 * The row that a result stands at, by the numbers that the columns have in their listing,
 * from 1. One that was not read is null.
 */
public final class ListRow {

	private final ResultRows result;

	private final int[] positions;

	ListRow(ResultRows result, ColumnSelection selection) {
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
		return this.result.uuid(this.positions[column]);
	}

	/**
	 * Reads a text.
	 * @param column the column's number
	 * @return the text
	 * @throws SQLException if the column can't be read
	 */
	public String text(int column) throws SQLException {
		String text = this.result.text(this.positions[column]);
		if (text == null) {
			throw new SQLException("Column " + column + " is NULL");
		}
		return text;
	}

	/**
	 * Reads a text that may be missing.
	 * @param column the column's number
	 * @return the text, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable String textOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.text(position) : null;
	}

	/**
	 * Reads a day.
	 * @param column the column's number
	 * @return the day, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable LocalDate dateOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.date(position) : null;
	}

	/**
	 * Reads a moment.
	 * @param column the column's number
	 * @return the moment, in UTC, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable OffsetDateTime momentOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.moment(position) : null;
	}

}
