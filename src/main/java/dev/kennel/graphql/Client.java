package dev.kennel.graphql;

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

	public Client {
		userAgent = (userAgent != null) ? plain(userAgent) : null;
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
