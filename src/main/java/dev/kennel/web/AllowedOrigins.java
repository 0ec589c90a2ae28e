package dev.kennel.web;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The origins whose pages may open a WebSocket, or send requests with cookies.
 *
 * @param values the origins, as serialized by browsers; the origin of the requested host
 * is always allowed
 */
public record AllowedOrigins(List<String> values) {

	public AllowedOrigins {
		values = List.copyOf(values);
	}

	/**
	 * Returns whether an origin is allowed.
	 * @param origin the value of {@code Origin}
	 * @param host the value of {@code Host}, or null
	 * @return whether it is one of the origins, or the origin of the host
	 */
	public boolean contains(String origin, @Nullable String host) {
		return this.values.contains(origin) || isOfHost(origin, host);
	}

	/**
	 * Returns whether an origin belongs to the requested host.
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
