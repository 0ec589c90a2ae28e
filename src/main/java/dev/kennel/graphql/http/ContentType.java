package dev.kennel.graphql.http;

import dev.kennel.server.HeaderElement;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code Content-Type} header says.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.3">RFC 9110, section
 * 8.3</a>
 */
public final class ContentType {

	private static final String JSON = "application/json";

	private ContentType() {
	}

	/**
	 * Returns whether a body is JSON, in whatever charset.
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
	 * @return whether the media type is {@code application/json}, and no other charset is
	 * named
	 */
	static boolean isJsonInUtf8(@Nullable String contentType) {
		// What nearly all clients send is not worth being parsed.
		if (JSON.equals(contentType)) {
			return true;
		}
		HeaderElement type = (contentType != null) ? HeaderElement.parse(contentType) : null;
		return type != null && type.name().equals(JSON) && type.isUtf8();
	}

}
