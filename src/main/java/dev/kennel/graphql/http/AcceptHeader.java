package dev.kennel.graphql.http;

import java.util.List;

import dev.kennel.server.HeaderElement;
import dev.kennel.server.HttpExchange;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.ConcurrentLruCache;

/**
 * What a client takes by its {@code Accept} header.
 *
 * @param json its favourite among the media types of JSON, or null if it takes none
 * @param events whether it names {@code text/event-stream}, or {@code text/*}
 * @param prefersEvents whether it would rather have events than JSON, whatever it asks
 * for
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110, section
 * 12.5.1</a>
 */
record AcceptHeader(@Nullable ResponseMediaType json, boolean events, boolean prefersEvents) {

	private static final AcceptHeader ANYTHING = new AcceptHeader(ResponseMediaType.JSON, false, false);

	private static final String JSON = MediaType.APPLICATION_JSON_VALUE;

	private static final String GRAPHQL_RESPONSE = MediaType.APPLICATION_GRAPHQL_RESPONSE_VALUE;

	/** Clients send the same few headers again and again. */
	private static final ConcurrentLruCache<String, AcceptHeader> KNOWN = new ConcurrentLruCache<>(64,
			(value) -> parse(List.of(value)));

	/** What is longer is not worth remembering. */
	private static final int MAX_KNOWN_LENGTH = 256;

	static AcceptHeader of(HttpExchange exchange) {
		return of(exchange.headers(HttpHeaders.ACCEPT));
	}

	/**
	 * Reads the header.
	 * @param values the header's values, of which there may be none
	 * @return what the client takes
	 */
	static AcceptHeader of(List<String> values) {
		return (values.size() == 1 && values.getFirst().length() <= MAX_KNOWN_LENGTH) ? KNOWN.get(values.getFirst())
				: parse(values);
	}

	private static AcceptHeader parse(List<String> values) {
		List<HeaderElement> named = HeaderElement.all(values)
			.stream()
			.filter((element) -> element.name().contains("/") || element.name().equals("*"))
			.toList();
		if (named.isEmpty()) {
			return ANYTHING;
		}
		List<HeaderElement> ranges = named.stream().filter(HeaderElement::isUtf8).toList();
		double json = quality(JSON, ranges);
		double graphQlResponse = quality(GRAPHQL_RESPONSE, ranges);
		double events = ranges.stream()
			.filter((range) -> range.specificity(MediaType.TEXT_EVENT_STREAM_VALUE) > 0)
			.mapToDouble(HeaderElement::quality)
			.max()
			.orElse(0);
		double best = Math.max(json, graphQlResponse);
		ResponseMediaType favourite = (best == 0) ? null
				: (json == best && (graphQlResponse < best || !isNamed(GRAPHQL_RESPONSE, ranges)))
						? ResponseMediaType.JSON : ResponseMediaType.GRAPHQL_RESPONSE;
		return new AcceptHeader(favourite, events > 0, events > best);
	}

	/**
	 * A client that names the newer type knows it, and one that takes anything may not.
	 */
	private static boolean isNamed(String type, List<HeaderElement> ranges) {
		return ranges.stream().anyMatch((range) -> range.name().equals(type));
	}

	/** The quality that the most specific of the ranges gives to a type. */
	private static double quality(String type, List<HeaderElement> ranges) {
		double quality = 0;
		int specificity = -1;
		for (HeaderElement range : ranges) {
			int rangeSpecificity = range.specificity(type);
			if (rangeSpecificity > specificity) {
				specificity = rangeSpecificity;
				quality = range.quality();
			}
		}
		return quality;
	}

	/** The media type of what is said to the client, if need be against its wishes. */
	ResponseMediaType jsonOrDefault() {
		return (this.json != null) ? this.json : ResponseMediaType.JSON;
	}

}
