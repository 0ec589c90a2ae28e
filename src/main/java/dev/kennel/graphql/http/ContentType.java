package dev.kennel.graphql.http;

import dev.kennel.server.header.HeaderElement;
import org.jspecify.annotations.Nullable;

/**
 * Checks the media type and charset of a {@code Content-Type} header.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.3">RFC 9110, section
 * 8.3</a>
 */
public final class ContentType {

	private static final String JSON = "application/json";

	private ContentType() {
	}

	/**
	 * Returns whether a body is JSON, in any charset.
	 * @param contentType the header's value, or null if there is none
	 * @return whether the media type is {@code application/json}
	 */
	public static boolean isJson(@Nullable String contentType) {
		HeaderElement type = (contentType != null) ? HeaderElement.parse(contentType) : null;
		return type != null && type.name().equals(JSON);
	}

	/**
	 * Returns whether a body is JSON in UTF-8.
	 * @param contentType the header's value, or null if there is none
	 * @return whether the media type is {@code application/json} with no charset or UTF-8
	 */
	static boolean isJsonInUtf8(@Nullable String contentType) {
		// Fast path for the value that nearly all clients send.
		if (JSON.equals(contentType)) {
			return true;
		}
		HeaderElement type = (contentType != null) ? HeaderElement.parse(contentType) : null;
		return type != null && type.name().equals(JSON) && type.isUtf8();
	}

}
