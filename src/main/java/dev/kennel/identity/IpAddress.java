package dev.kennel.identity;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

/**
 * The canonical text form of IP addresses, for display and logs.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5952#section-4">RFC 5952, section 4</a>
 */
public final class IpAddress {

	private static final int GROUPS = 8;

	private IpAddress() {
	}

	/**
	 * Returns the canonical text of an address.
	 * @param text an address, in any notation
	 * @return an IPv4 address with dots, also of an IPv4-mapped IPv6 address; an IPv6
	 * address in lower case, the longest run of zeros as {@code ::}, without its zone;
	 * the unchanged text if it is no address
	 */
	public static String canonical(String text) {
		int zone = text.indexOf('%');
		byte[] bytes = bytes((zone < 0) ? text : text.substring(0, zone));
		if (bytes == null) {
			return text;
		}
		return (bytes.length == 2 * GROUPS) ? ipv6(bytes)
				: (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
	}

	/**
	 * Returns whether a text is an address.
	 * @param text any text
	 * @return whether it is an IPv4 or IPv6 address
	 */
	public static boolean isAddress(String text) {
		return bytes(text) != null;
	}

	/** Returns the 4 or 16 bytes of an address, or null if the text is none. */
	static byte @Nullable [] bytes(String text) {
		try {
			return InetAddress.ofLiteral(text).getAddress();
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static String ipv6(byte[] bytes) {
		int[] groups = new int[GROUPS];
		for (int i = 0; i < GROUPS; i++) {
			groups[i] = ((bytes[2 * i] & 0xff) << Byte.SIZE) | (bytes[2 * i + 1] & 0xff);
		}
		int from = 0;
		// A single zero group is not shortened, and of two equal runs the first is.
		int longest = 1;
		for (int i = 0; i < GROUPS; i++) {
			int end = i;
			while (end < GROUPS && groups[end] == 0) {
				end++;
			}
			if (end - i > longest) {
				from = i;
				longest = end - i;
			}
		}
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < GROUPS; i++) {
			if (longest > 1 && i == from) {
				text.append("::");
				i += longest - 1;
			}
			else {
				text.append((text.isEmpty() || text.charAt(text.length() - 1) == ':') ? "" : ":")
					.append(Integer.toHexString(groups[i]));
			}
		}
		return text.toString();
	}

}
