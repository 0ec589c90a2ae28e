package dev.kennel.graphql.http;

import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.ConcurrentLruCache;

/**
 * What a client takes by its {@code Accept} header.
 *
 * @param json its favourite among the media types of JSON, or null if it takes none
 * @param events whether it names {@code text/event-stream}
 * @param prefersEvents whether it would rather have events than JSON, whatever it asks
 * for
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110, section
 * 12.5.1</a>
 */
record Acceptance(@Nullable ResponseMediaType json, boolean events, boolean prefersEvents) {

	private static final Acceptance ANYTHING = new Acceptance(ResponseMediaType.JSON, false, false);

	private static final Acceptance NOTHING = new Acceptance(null, false, false);

	private static final MediaType JSON = MediaType.APPLICATION_JSON;

	private static final MediaType GRAPHQL_RESPONSE = MediaType.APPLICATION_GRAPHQL_RESPONSE;

	/** Clients send the same few headers again and again. */
	private static final ConcurrentLruCache<String, Acceptance> KNOWN = new ConcurrentLruCache<>(64, Acceptance::parse);

	/** What is longer is not worth remembering. */
	private static final int MAX_KNOWN_LENGTH = 256;

	static Acceptance of(HttpServletRequest request) {
		List<String> values = Collections.list(request.getHeaders(HttpHeaders.ACCEPT));
		return of(values.isEmpty() ? null : String.join(",", values));
	}

	/**
	 * Reads the header.
	 * @param accept the header's value, or null if there is none
	 * @return what the client takes
	 */
	static Acceptance of(@Nullable String accept) {
		if (accept == null || accept.replace(',', ' ').isBlank()) {
			return ANYTHING;
		}
		return (accept.length() <= MAX_KNOWN_LENGTH) ? KNOWN.get(accept) : parse(accept);
	}

	private static Acceptance parse(String accept) {
		List<MediaType> ranges;
		try {
			ranges = MediaType.parseMediaTypes(accept);
		}
		catch (InvalidMediaTypeException ex) {
			return NOTHING;
		}
		double json = quality(JSON, ranges);
		double graphQlResponse = quality(GRAPHQL_RESPONSE, ranges);
		double events = ranges.stream()
			.filter((range) -> range.equalsTypeAndSubtype(MediaType.TEXT_EVENT_STREAM))
			.mapToDouble(MediaType::getQualityValue)
			.max()
			.orElse(0);
		double best = Math.max(json, graphQlResponse);
		ResponseMediaType favourite = (best == 0) ? null
				: (json == best && (graphQlResponse < best || !isNamed(GRAPHQL_RESPONSE, ranges)))
						? ResponseMediaType.JSON : ResponseMediaType.GRAPHQL_RESPONSE;
		return new Acceptance(favourite, events > 0, events > best);
	}

	/**
	 * A client that names the newer type knows it, and one that takes anything may not.
	 */
	private static boolean isNamed(MediaType type, List<MediaType> ranges) {
		return ranges.stream().anyMatch((range) -> range.equalsTypeAndSubtype(type));
	}

	/** The quality that the most specific of the ranges gives to a type. */
	private static double quality(MediaType type, List<MediaType> ranges) {
		double quality = 0;
		int specificity = -1;
		for (MediaType range : ranges) {
			if (range.includes(type) && acceptsUtf8(range)) {
				int rangeSpecificity = range.isWildcardType() ? 0 : (range.isWildcardSubtype() ? 1 : 2);
				if (rangeSpecificity > specificity) {
					specificity = rangeSpecificity;
					quality = range.getQualityValue();
				}
			}
		}
		return quality;
	}

	private static boolean acceptsUtf8(MediaType range) {
		String charset = range.getParameter("charset");
		return charset == null || "utf-8".equalsIgnoreCase(charset.replace("\"", ""));
	}

	/** The media type of what is said to the client, if need be against its wishes. */
	ResponseMediaType jsonOrDefault() {
		return (this.json != null) ? this.json : ResponseMediaType.JSON;
	}

}
