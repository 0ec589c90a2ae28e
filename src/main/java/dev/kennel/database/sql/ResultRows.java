package dev.kennel.database.sql;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a result, whichever driver they come from. Columns are numbered from 1.
 */
public interface ResultRows {

	/**
	 * Moves to the next row.
	 * @return whether there is one
	 * @throws SQLException if it can't be read
	 */
	boolean next() throws SQLException;

	/**
	 * Reads an id.
	 * @param column the column's number
	 * @return the id, which is not null
	 * @throws SQLException if the column can't be read
	 */
	UUID uuid(int column) throws SQLException;

	/**
	 * Reads a nullable id.
	 * @param column the column's number
	 * @return the id, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable UUID uuidOrNull(int column) throws SQLException;

	/**
	 * Reads a string.
	 * @param column the column's number
	 * @return the string, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable String text(int column) throws SQLException;

	/**
	 * Reads a date.
	 * @param column the column's number
	 * @return the date, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable LocalDate date(int column) throws SQLException;

	/**
	 * Reads a timestamp.
	 * @param column the column's number
	 * @return the timestamp, in UTC, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable OffsetDateTime moment(int column) throws SQLException;

	/**
	 * Reads an integer.
	 * @param column the column's number
	 * @return the integer, which is not null
	 * @throws SQLException if the column can't be read
	 */
	long number(int column) throws SQLException;

}
