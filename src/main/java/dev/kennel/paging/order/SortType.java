package dev.kennel.paging.order;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import dev.kennel.database.sql.ResultRows;
import org.jspecify.annotations.Nullable;

/** The type of a sort column, and the encoding of its values in cursors. */
public enum SortType {

	/** A text key, compared byte by byte. */
	TEXT {

		@Override
		public @Nullable Object read(ResultRows row, int column) throws SQLException {
			return row.text(column);
		}

		@Override
		public byte[] encode(Object value) {
			return ((String) value).getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public Object decode(ByteBuffer bytes) throws CharacterCodingException {
			String text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
			if (text.indexOf('\0') >= 0) {
				throw new CharacterCodingException();
			}
			return text;
		}

	},

	/** A timestamp with microsecond precision. */
	TIMESTAMP {

		@Override
		public @Nullable Object read(ResultRows row, int column) throws SQLException {
			return row.moment(column);
		}

		@Override
		public byte[] encode(Object value) {
			Instant instant = ((OffsetDateTime) value).toInstant();
			long micros = Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000L),
					instant.getNano() / 1_000);
			return ByteBuffer.allocate(Long.BYTES).putLong(micros).array();
		}

		@Override
		public Object decode(ByteBuffer bytes) {
			long micros = bytes.getLong();
			return checked(OffsetDateTime.ofInstant(Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L),
					Math.floorMod(micros, 1_000_000L) * 1_000L), ZoneOffset.UTC));
		}

		private OffsetDateTime checked(OffsetDateTime timestamp) {
			requireYear(timestamp.getYear());
			return timestamp;
		}

	},

	/** A date. */
	DATE {

		@Override
		public @Nullable Object read(ResultRows row, int column) throws SQLException {
			return row.date(column);
		}

		@Override
		public byte[] encode(Object value) {
			return ByteBuffer.allocate(Integer.BYTES).putInt(Math.toIntExact(((LocalDate) value).toEpochDay())).array();
		}

		@Override
		public Object decode(ByteBuffer bytes) {
			LocalDate date = LocalDate.ofEpochDay(bytes.getInt());
			requireYear(date.getYear());
			return date;
		}

	};

	/** Returns the value of a column, or null. */
	public abstract @Nullable Object read(ResultRows row, int column) throws SQLException;

	/** Returns a value as the bytes of a cursor. */
	public abstract byte[] encode(Object value);

	/**
	 * Returns the value of a cursor.
	 * @throws CharacterCodingException if the bytes are no text
	 */
	public abstract Object decode(ByteBuffer bytes) throws CharacterCodingException;

	/**
	 * Rejects years that are never stored: a cursor with one is forged, and PostgreSQL
	 * would refuse it.
	 */
	private static void requireYear(int year) {
		if (year < 1 || year > 9999) {
			throw new DateTimeException("Year out of range");
		}
	}

}
