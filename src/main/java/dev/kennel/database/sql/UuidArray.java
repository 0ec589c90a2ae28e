package dev.kennel.database.sql;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * UUIDs as a parameter of type {@code uuid[]}, in PostgreSQL's binary format if it is
 * enabled on the connection ({@code binaryTransferEnable}). The driver itself encodes
 * only arrays of numbers in binary; as text, UUIDs cost several times as much on both
 * sides.
 *
 * @see <a href=
 * "https://jdbc.postgresql.org/documentation/server-prepare/#binary-transfer">pgJDBC,
 * binary transfer</a>
 */
public final class UuidArray extends PGobject implements PGBinaryObject {

	private static final long serialVersionUID = 1L;

	private static final int UUID_OID = 2950;

	/** Dimensions, null flag, element type, length, and lower bound. */
	private static final int HEADER_LENGTH = 5 * Integer.BYTES;

	private static final int ELEMENT_LENGTH = Integer.BYTES + 2 * Long.BYTES;

	private final UUID[] elements;

	/**
	 * Creates a parameter.
	 * @param elements the elements, in order
	 */
	public UuidArray(Collection<UUID> elements) {
		this.elements = elements.toArray(UUID[]::new);
		this.type = "_uuid";
	}

	@Override
	public String getValue() {
		return Arrays.stream(this.elements).map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
	}

	@Override
	public boolean isNull() {
		return false;
	}

	@Override
	public int lengthInBytes() {
		return HEADER_LENGTH + this.elements.length * ELEMENT_LENGTH;
	}

	@Override
	public void toBytes(byte[] bytes, int offset) {
		ByteBuffer target = ByteBuffer.wrap(bytes, offset, lengthInBytes());
		target.putInt(1).putInt(0).putInt(UUID_OID).putInt(this.elements.length).putInt(1);
		for (UUID element : this.elements) {
			target.putInt(2 * Long.BYTES)
				.putLong(element.getMostSignificantBits())
				.putLong(element.getLeastSignificantBits());
		}
	}

	@Override
	public void setByteValue(byte[] value, int offset) {
		throw new UnsupportedOperationException("Only a statement parameter");
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof UuidArray array && Arrays.equals(this.elements, array.elements);
	}

	@Override
	public int hashCode() {
		return Arrays.hashCode(this.elements);
	}

	@Override
	public Object clone() {
		return this;
	}

}
