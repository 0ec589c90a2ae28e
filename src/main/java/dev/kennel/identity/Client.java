package dev.kennel.identity;

import java.util.HexFormat;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The client of a request, as a parameter of controller methods.
 *
 * @param address the IP address in the form of {@link IpAddress}: that of the peer, or,
 * behind trusted proxies, the one that they forward
 * @param userAgent the {@code User-Agent} header, at most 256 characters
 * @param requestId the id of the request in the log
 * @param caller the authenticated caller, or null
 */
public record Client(String address, @Nullable String userAgent, String requestId, @Nullable Caller caller) {

	private static final int MAX_USER_AGENT = 256;

	private static final int IPV4_BYTES = 4;

	/**
	 * The prefix lengths that providers assign to a customer: a link, a home, a site.
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc6177">RFC 6177, IPv6 address
	 * assignment to end sites</a>
	 */
	private static final List<Integer> IPV6_PREFIXES = List.of(64, 56, 48);

	public Client {
		address = IpAddress.canonical(address);
		userAgent = (userAgent != null) ? plain(userAgent) : null;
	}

	/**
	 * Returns the network that distinguishes clients.
	 * @return the IPv4 address, or the /64 of the IPv6 address
	 */
	public String network() {
		return networks().getFirst();
	}

	/**
	 * Returns the largest network that a provider assigns to one customer.
	 * @return the IPv4 address, or the /48 of the IPv6 address
	 */
	public String site() {
		return networks().getLast();
	}

	/**
	 * Returns the networks that contain the address. An IPv4-mapped IPv6 address is the
	 * IPv4 address.
	 * @return the IPv4 address alone, or the /64, /56 and /48 of the IPv6 address
	 */
	public List<String> networks() {
		byte[] bytes = IpAddress.bytes(this.address);
		if (bytes == null) {
			return List.of(this.address);
		}
		String hex = HexFormat.of().formatHex(bytes);
		return (bytes.length == IPV4_BYTES) ? List.of(hex)
				: IPV6_PREFIXES.stream().map((bits) -> hex.substring(0, bits / Byte.SIZE * 2) + "/" + bits).toList();
	}

	/**
	 * Returns the same client with a caller.
	 * @param caller the caller
	 * @return the client
	 */
	public Client of(Caller caller) {
		return new Client(this.address, this.userAgent, this.requestId, caller);
	}

	/**
	 * The header is stored and displayed: removes control characters and lone surrogates.
	 */
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
