package dev.kennel.database;

import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a result, one after the other, whichever way they have come. Columns are
 * numbered from 1.
 */
public interface ResultRows {

	/**
	 * Goes to the next row.
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
	 * Reads a text.
	 * @param column the column's number
	 * @return the text, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable String text(int column) throws SQLException;

	/**
	 * Reads a day.
	 * @param column the column's number
	 * @return the day, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable LocalDate date(int column) throws SQLException;

	/**
	 * Reads a moment.
	 * @param column the column's number
	 * @return the moment, in UTC, or null
	 * @throws SQLException if the column can't be read
	 */
	@Nullable OffsetDateTime moment(int column) throws SQLException;

	/**
	 * Reads a whole number.
	 * @param column the column's number
	 * @return the number, which is not null
	 * @throws SQLException if the column can't be read
	 */
	long number(int column) throws SQLException;

}
