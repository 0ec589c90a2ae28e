package dev.kennel.server.header;

import java.net.InetAddress;

/**
 * A range of IP addresses in CIDR notation.
 *
 * @param prefix the bytes of an address in the range
 * @param bits the length of the prefix, in bits
 * @see <a href="https://www.rfc-editor.org/rfc/rfc4632#section-3.1">RFC 4632, section
 * 3.1</a>
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record AddressRange(byte[] prefix, int bits) {

	/**
	 * Parses a range.
	 * @param text an address, or an address, a slash and a prefix length
	 * @return the range
	 * @throws IllegalArgumentException if the text is not a range
	 */
	public static AddressRange parse(String text) {
		int slash = text.indexOf('/');
		byte[] prefix = InetAddress.ofLiteral((slash < 0) ? text : text.substring(0, slash)).getAddress();
		int maxBits = prefix.length * Byte.SIZE;
		int bits = (slash < 0) ? maxBits : Integer.parseInt(text.substring(slash + 1));
		if (bits < 0 || bits > maxBits) {
			throw new IllegalArgumentException("Not a range of addresses: " + text);
		}
		return new AddressRange(prefix, bits);
	}

	boolean contains(InetAddress address) {
		byte[] bytes = address.getAddress();
		if (bytes.length != this.prefix.length) {
			return false;
		}
		for (int bit = 0; bit < this.bits; bit += Byte.SIZE) {
			int mask = 0xff << Math.max(0, Byte.SIZE - (this.bits - bit));
			if (((bytes[bit / Byte.SIZE] ^ this.prefix[bit / Byte.SIZE]) & mask & 0xff) != 0) {
				return false;
			}
		}
		return true;
	}

}
