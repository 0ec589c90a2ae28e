package dev.kennel.paging;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.util.Optional;
import java.util.UUID;

import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.SortColumn;
import dev.kennel.text.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * A keyset cursor: a position in a list, which stays valid when rows come and go. For a
 * client it is an opaque text, bound to the type and the order of the list, which
 * contains neither the account nor internal names.
 *
 * @param id the id of the row at the position
 * @param sortValue the row's value in the sort column, or null if the value is null or
 * the order has no sort column
 */
record Cursor(UUID id, @Nullable Object sortValue) {

	private static final byte FORMAT_VERSION = 1;

	private static final byte NO_VALUE = 0;

	private static final byte VALUE = 1;

	private static final int LENGTH_WITHOUT_VALUE = 5 + 2 * Long.BYTES;

	private static final int MAX_TEXT_LENGTH = 2_048;

	/** Returns the text for a client. */
	String encode(byte listTag, Order order) {
		SortColumn column = order.field().column();
		byte[] value = (column != null && this.sortValue != null) ? column.type().encode(this.sortValue) : new byte[0];
		ByteBuffer bytes = ByteBuffer.allocate(LENGTH_WITHOUT_VALUE + value.length)
			.put(FORMAT_VERSION)
			.put(listTag)
			.put((byte) order.field().ordinal())
			.put(order.direction().tag())
			.put((this.sortValue != null) ? VALUE : NO_VALUE)
			.putLong(this.id.getMostSignificantBits())
			.putLong(this.id.getLeastSignificantBits())
			.put(value);
		return Base64Url.encode(bytes.array());
	}

	/**
	 * Decodes a text from a client.
	 * @return the cursor, or nothing unless the text is exactly what {@link #encode}
	 * returns for a cursor of this list and order
	 */
	static Optional<Cursor> decode(String text, byte listTag, Order order) {
		if (text.length() > MAX_TEXT_LENGTH) {
			return Optional.empty();
		}
		byte[] decoded = Base64Url.decode(text);
		if (decoded == null) {
			return Optional.empty();
		}
		try {
			ByteBuffer bytes = ByteBuffer.wrap(decoded);
			if (bytes.get() != FORMAT_VERSION || bytes.get() != listTag || bytes.get() != order.field().ordinal()
					|| bytes.get() != order.direction().tag()) {
				return Optional.empty();
			}
			byte hasValue = bytes.get();
			UUID id = new UUID(bytes.getLong(), bytes.getLong());
			Cursor cursor = new Cursor(id, (hasValue == VALUE) ? value(bytes, order) : null);
			return (cursor.isValidFor(order) && cursor.encode(listTag, order).equals(text)) ? Optional.of(cursor)
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

	private boolean isValidFor(Order order) {
		SortColumn column = order.field().column();
		return (this.sortValue != null) ? column != null : (column == null || column.nullable());
	}

}
