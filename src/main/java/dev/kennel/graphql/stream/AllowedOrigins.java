package dev.kennel.graphql.stream;

import java.util.List;

/**
 * Whose pages may open a WebSocket: told by whoever knows it for all of HTTP.
 *
 * @param values the origins beside the service's own, as browsers name them
 */
public record AllowedOrigins(List<String> values) {

	public AllowedOrigins {
		values = List.copyOf(values);
	}

}
