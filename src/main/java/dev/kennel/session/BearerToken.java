package dev.kennel.session;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads an access token out of {@code Authorization}, be it a header or the member of a
 * message. Ignores a header that is empty, names the scheme alone, or is of another
 * scheme.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section
 * 2.1</a>
 */
final class BearerToken {

	private static final String SCHEME = "bearer";

	/** How a signed JWT begins: by the base64 of a brace and a quotation mark. */
	private static final String JWT = "eyJ";

	private static final String NO_TOKEN = "";

	private BearerToken() {
	}

	/**
	 * Finds the token.
	 * @param values the values of the header, one for each line that has its name
	 * @return the token; null if there is none; an empty text, which is no token, if
	 * there are several, or if a client has forgotten the scheme in front of its token
	 */
	static @Nullable String find(List<String> values) {
		String found = null;
		boolean withoutScheme = false;
		for (String value : values) {
			String[] parts = value.strip().split("[ \t]+", 2);
			if (parts.length == 2 && parts[0].equalsIgnoreCase(SCHEME)) {
				found = (found == null) ? parts[1].strip() : NO_TOKEN;
			}
			withoutScheme |= parts.length == 1 && parts[0].startsWith(JWT);
		}
		return (found == null && withoutScheme) ? NO_TOKEN : found;
	}

}
