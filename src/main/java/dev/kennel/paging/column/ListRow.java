package dev.kennel.paging.column;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import dev.kennel.database.sql.ResultRows;
import org.jspecify.annotations.Nullable;

/**
 * A row of a list, addressed by the numbers of the columns ({@link ListColumnSet}). A
 * column that was not read is null.
 */
public final class ListRow {

	private final ResultRows result;

	private final int[] positions;

	/**
	 * Creates a row.
	 * @param result the result, which may be moved to further rows
	 * @param selection the columns that were read
	 */
	public ListRow(ResultRows result, ColumnSelection selection) {
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
	 * Reads a nullable id.
	 * @param column the column's number
	 * @return the id, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable UUID uuidOrNull(int column) throws SQLException {
		return this.result.uuidOrNull(this.positions[column]);
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
	 * Reads a nullable text.
	 * @param column the column's number
	 * @return the text, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable String textOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.text(position) : null;
	}

	/**
	 * Reads a date.
	 * @param column the column's number
	 * @return the date, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable LocalDate dateOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.date(position) : null;
	}

	/**
	 * Reads a timestamp.
	 * @param column the column's number
	 * @return the timestamp, in UTC, or null
	 * @throws SQLException if the column can't be read
	 */
	public @Nullable OffsetDateTime timestampOrNull(int column) throws SQLException {
		int position = this.positions[column];
		return (position != 0) ? this.result.moment(position) : null;
	}

}
