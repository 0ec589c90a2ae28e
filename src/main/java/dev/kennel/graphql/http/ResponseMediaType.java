package dev.kennel.graphql.http;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** The media types that an answer can have, in the order in which they are preferred. */
enum ResponseMediaType {

	/** What a client gets that says nothing, or that takes anything. */
	JSON("application/json"),

	/**
	 * What the specification asks new clients to ask for: its statuses tell what went
	 * wrong.
	 */
	GRAPHQL_RESPONSE("application/graphql-response+json");

	private final MediaType mediaType;

	private final String contentType;

	ResponseMediaType(String name) {
		this.mediaType = MediaType.parseMediaType(name);
		this.contentType = name + ";charset=utf-8";
	}

	String contentType() {
		return this.contentType;
	}

	/**
	 * Chooses by the {@code Accept} header.
	 * @param accept the header's value, or null if there is none
	 * @return the client's favourite, or nothing if it takes none of them
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110,
	 * section 12.5.1</a>
	 */
	static Optional<ResponseMediaType> negotiate(@Nullable String accept) {
		if (accept == null || accept.isBlank()) {
			return Optional.of(JSON);
		}
		List<MediaType> ranges;
		try {
			ranges = MediaType.parseMediaTypes(accept);
		}
		catch (InvalidMediaTypeException ex) {
			return Optional.empty();
		}
		ResponseMediaType best = null;
		double bestQuality = 0;
		for (ResponseMediaType candidate : values()) {
			double quality = candidate.quality(ranges);
			if (quality > bestQuality) {
				best = candidate;
				bestQuality = quality;
			}
		}
		return Optional.ofNullable(best);
	}

	/** The quality that the most specific of the ranges gives to this type. */
	private double quality(List<MediaType> ranges) {
		double quality = 0;
		int specificity = -1;
		for (MediaType range : ranges) {
			if (range.includes(this.mediaType) && acceptsCharset(range)) {
				int rangeSpecificity = range.isWildcardType() ? 0 : (range.isWildcardSubtype() ? 1 : 2);
				if (rangeSpecificity > specificity) {
					specificity = rangeSpecificity;
					quality = range.getQualityValue();
				}
			}
		}
		return quality;
	}

	private static boolean acceptsCharset(MediaType range) {
		String charset = range.getParameter("charset");
		return charset == null || "utf-8".equalsIgnoreCase(charset.replace("\"", ""));
	}

}
