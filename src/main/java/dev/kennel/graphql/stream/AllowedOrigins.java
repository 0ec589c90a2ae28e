package dev.kennel.graphql.stream;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Whose pages may open a WebSocket: told by whoever knows it for all of HTTP.
 *
 * @param values the origins, as browsers name them; pages of the host that the request is
 * sent to may in any case
 */
public record AllowedOrigins(List<String> values) {

	public AllowedOrigins {
		values = List.copyOf(values);
	}

	/**
	 * Returns whether pages of an origin may.
	 * @param origin the value of {@code Origin}
	 * @param host the value of {@code Host}, or null
	 * @return whether it is one of the origins, or that of the host itself
	 */
	public boolean contains(String origin, @Nullable String host) {
		return this.values.contains(origin) || isOfHost(origin, host);
	}

	/**
	 * Returns whether an origin is that of the host that a request is sent to.
	 * @param origin the value of {@code Origin}
	 * @param host the value of {@code Host}, or null
	 * @return whether both name the same host and port
	 */
	public static boolean isOfHost(String origin, @Nullable String host) {
		try {
			String authority = URI.create(origin).getRawAuthority();
			return authority != null && authority.equalsIgnoreCase(host);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
