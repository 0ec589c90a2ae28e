package dev.kennel.graphql.http;

import java.util.List;
import java.util.Map;

import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.header.HeaderElement;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.ConcurrentLruCache;

/**
 * The media types that a request's {@code Accept} header accepts.
 *
 * @param json the preferred JSON media type, or null if none is acceptable
 * @param events whether {@code text/event-stream} or {@code text/*} is named
 * @param prefersEvents whether an event stream has a higher quality than JSON, for any
 * operation
 * @param multipart the format of incremental delivery as {@code multipart/mixed}, or null
 * if JSON is preferred; without a parameter, it is the older one, which every client
 * reads
 * @param incrementalEvents the format of incremental delivery as events, which is always
 * a parameter, or null for whole results
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110, section
 * 12.5.1</a>
 */
record AcceptHeader(@Nullable ResponseMediaType json, boolean events, boolean prefersEvents,
		@Nullable IncrementalFormat multipart, @Nullable IncrementalFormat incrementalEvents) {

	private static final AcceptHeader ACCEPTS_ANYTHING = new AcceptHeader(ResponseMediaType.JSON, false, false, null,
			null);

	private static final String JSON = MediaType.APPLICATION_JSON_VALUE;

	private static final String MULTIPART = MediaType.MULTIPART_MIXED_VALUE;

	private static final String GRAPHQL_RESPONSE = MediaType.APPLICATION_GRAPHQL_RESPONSE_VALUE;

	/** Clients repeat the same few headers. */
	private static final ConcurrentLruCache<String, AcceptHeader> CACHE = new ConcurrentLruCache<>(64,
			(value) -> parse(List.of(value)));

	/** Longer values are not cached. */
	private static final int MAX_CACHED_LENGTH = 256;

	static AcceptHeader of(HttpExchange exchange) {
		return of(exchange.headers(HttpHeaders.ACCEPT));
	}

	/**
	 * Parses the header.
	 * @param values the header's values, possibly none
	 * @return the accepted media types
	 */
	static AcceptHeader of(List<String> values) {
		return (values.size() == 1 && values.getFirst().length() <= MAX_CACHED_LENGTH) ? CACHE.get(values.getFirst())
				: parse(values);
	}

	private static AcceptHeader parse(List<String> values) {
		List<HeaderElement> elements = HeaderElement.all(values)
			.stream()
			.filter((element) -> element.name().contains("/") || element.name().equals("*"))
			.toList();
		if (elements.isEmpty()) {
			return ACCEPTS_ANYTHING;
		}
		List<HeaderElement> ranges = elements.stream().filter(HeaderElement::isUtf8).toList();
		double json = quality(JSON, ranges);
		double graphQlResponse = quality(GRAPHQL_RESPONSE, ranges);
		double events = ranges.stream()
			.filter((range) -> range.specificity(MediaType.TEXT_EVENT_STREAM_VALUE) > 0)
			.mapToDouble(HeaderElement::quality)
			.max()
			.orElse(0);
		double jsonQuality = Math.max(json, graphQlResponse);
		ResponseMediaType preferred = (jsonQuality == 0) ? null
				: (json == jsonQuality && (graphQlResponse < jsonQuality || !isNamed(GRAPHQL_RESPONSE, ranges)))
						? ResponseMediaType.JSON : ResponseMediaType.GRAPHQL_RESPONSE;
		return new AcceptHeader(preferred, events > 0, events > jsonQuality,
				format(MULTIPART, ranges, Math.max(jsonQuality, events), IncrementalFormat.DEFER_20220824),
				format(MediaType.TEXT_EVENT_STREAM_VALUE, ranges, 0, null));
	}

	/**
	 * Returns the format of incremental delivery that a media range asks for. The first
	 * of the highest quality wins.
	 * @param minQuality the quality of media types that are preferred to a lower one
	 * @param defaultFormat the format without a parameter
	 */
	private static @Nullable IncrementalFormat format(String type, List<HeaderElement> ranges, double minQuality,
			@Nullable IncrementalFormat defaultFormat) {
		IncrementalFormat format = null;
		double quality = 0;
		for (HeaderElement range : ranges) {
			IncrementalFormat named = range.name().equals(type) ? format(range, defaultFormat) : null;
			if (named != null && range.quality() > quality && range.quality() >= minQuality) {
				format = named;
				quality = range.quality();
			}
		}
		return format;
	}

	private static @Nullable IncrementalFormat format(HeaderElement range, @Nullable IncrementalFormat defaultFormat) {
		boolean named = false;
		for (Map.Entry<String, String> parameter : range.parameters()) {
			IncrementalFormat format = IncrementalFormat.find(parameter.getKey(), parameter.getValue());
			if (format != null) {
				return format;
			}
			named |= IncrementalFormat.isParameter(parameter.getKey());
		}
		return named ? null : defaultFormat;
	}

	/**
	 * A wildcard does not show that the client knows the newer media type.
	 */
	private static boolean isNamed(String type, List<HeaderElement> ranges) {
		return ranges.stream().anyMatch((range) -> range.name().equals(type));
	}

	/** Returns the quality that the most specific media range assigns to a type. */
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

	/**
	 * Returns the media type of error responses, which are sent even if not acceptable.
	 */
	ResponseMediaType jsonOrDefault() {
		return (this.json != null) ? this.json : ResponseMediaType.JSON;
	}

}
