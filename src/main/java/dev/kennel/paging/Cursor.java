package dev.kennel.paging;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list: between two rows, wherever these go. A client sees it as an opaque
 * text, which is bound to the type of the list and to its order, and names neither an
 * account nor anything of the inside.
 *
 * @param id the id of the row at the place
 * @param sortValue the row's value in the sort column, or null if it has none or the
 * order has no column
 */
record Cursor(UUID id, @Nullable Object sortValue) {

	private static final byte VERSION = 1;

	private static final byte NO_VALUE = 0;

	private static final byte VALUE = 1;

	private static final int FIXED_LENGTH = 5 + 2 * Long.BYTES;

	private static final int MAX_LENGTH = 2_048;

	/** Answers the text for a client. */
	String encode(byte list, Order order) {
		SortColumn column = order.field().column();
		byte[] value = (column != null && this.sortValue != null) ? column.type().encode(this.sortValue) : new byte[0];
		ByteBuffer bytes = ByteBuffer.allocate(FIXED_LENGTH + value.length)
			.put(VERSION)
			.put(list)
			.put((byte) order.field().ordinal())
			.put(order.direction().tag())
			.put((this.sortValue != null) ? VALUE : NO_VALUE)
			.putLong(this.id.getMostSignificantBits())
			.putLong(this.id.getLeastSignificantBits())
			.put(value);
		return Base64Url.encode(bytes.array());
	}

	/**
	 * Reads a text from a client.
	 * @return the cursor, or nothing unless the text is exactly what {@link #encode}
	 * answers of one in this list and order
	 */
	static Optional<Cursor> decode(String text, byte list, Order order) {
		if (text.length() > MAX_LENGTH) {
			return Optional.empty();
		}
		byte[] decoded = Base64Url.decode(text);
		if (decoded == null) {
			return Optional.empty();
		}
		try {
			ByteBuffer bytes = ByteBuffer.wrap(decoded);
			if (bytes.get() != VERSION || bytes.get() != list || bytes.get() != order.field().ordinal()
					|| bytes.get() != order.direction().tag()) {
				return Optional.empty();
			}
			byte hasValue = bytes.get();
			UUID id = new UUID(bytes.getLong(), bytes.getLong());
			Cursor cursor = new Cursor(id, (hasValue == VALUE) ? value(bytes, order) : null);
			return (cursor.fits(order) && cursor.encode(list, order).equals(text)) ? Optional.of(cursor)
					: Optional.empty();
		}
		catch (BufferUnderflowException | CharacterCodingException | DateTimeException | ArithmeticException ex) {
			return Optional.empty();
		}
	}

	private static @Nullable Object value(ByteBuffer bytes, Order order) throws CharacterCodingException {
		SortColumn column = order.field().column();
		return (column != null) ? column.type().decode(bytes) : null;
	}

	private boolean fits(Order order) {
		SortColumn column = order.field().column();
		return (this.sortValue != null) ? column != null : (column == null || column.nullable());
	}

}
