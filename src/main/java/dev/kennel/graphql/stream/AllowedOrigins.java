package dev.kennel.graphql.stream;

import java.util.List;

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

}
