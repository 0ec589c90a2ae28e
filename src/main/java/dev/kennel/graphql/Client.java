package dev.kennel.graphql;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from. A controller method has it as a parameter.
 *
 * @param address the IP address: the peer's, or, behind proxies that are trusted, the one
 * that they name
 * @param userAgent what the client says of itself, at most 256 characters
 * @param requestId what finds the request in the log
 * @param caller who is logged in, if anybody
 */
public record Client(String address, @Nullable String userAgent, String requestId, @Nullable Caller caller) {

	private static final int MAX_USER_AGENT = 256;

	/** What one customer of a provider has of IPv6, in bytes. */
	private static final int IPV6_NETWORK = 8;

	public Client {
		userAgent = (userAgent != null) ? plain(userAgent) : null;
	}

	/**
	 * Answers what one customer of a provider has, by which clients are told apart.
	 * @return an IPv4 address, or the network of an IPv6 address
	 */
	public String network() {
		try {
			byte[] bytes = InetAddress.ofLiteral(this.address).getAddress();
			return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, IPV6_NETWORK)));
		}
		catch (IllegalArgumentException ex) {
			return this.address;
		}
	}

	Client of(Caller who) {
		return new Client(this.address, this.userAgent, this.requestId, who);
	}

	/** It is stored and shown, so it is one line of characters that can be. */
	private static @Nullable String plain(String text) {
		StringBuilder plain = new StringBuilder();
		text.codePoints()
			.filter((character) -> !Character.isISOControl(character)
					&& Character.getType(character) != Character.SURROGATE)
			.limit(MAX_USER_AGENT)
			.forEach(plain::appendCodePoint);
		return plain.isEmpty() ? null : plain.toString();
	}

}
