package dev.kennel.database;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * UUIDs as a parameter of type {@code uuid[]}, in PostgreSQL's binary format where the
 * connection has that enabled ({@code binaryTransferEnable}), which the driver itself has
 * for arrays of numbers only: as text they cost several times as much, here and there.
 *
 * @see <a href=
 * "https://jdbc.postgresql.org/documentation/server-prepare/#binary-transfer">pgJDBC,
 * binary transfer</a>
 */
public final class UuidArray extends PGobject implements PGBinaryObject {

	private static final long serialVersionUID = 1L;

	private static final int UUID_OID = 2950;

	/**
	 * One dimension, no nulls, the elements' type, how many, and that they begin at 1.
	 */
	private static final int HEAD = 5 * Integer.BYTES;

	private static final int ELEMENT = Integer.BYTES + 2 * Long.BYTES;

	private final UUID[] elements;

	/**
	 * Makes a parameter.
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
		return HEAD + this.elements.length * ELEMENT;
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
		throw new UnsupportedOperationException("It is a parameter, and no result");
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
