package dev.kennel.session.token;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Extracts a bearer token from {@code Authorization}, either the header or the member of
 * a WebSocket message. Ignores values that are empty, have the scheme alone, or another
 * scheme.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750, section
 * 2.1</a>
 */
public final class BearerToken {

	private static final String SCHEME = "bearer";

	/** The prefix of every JWT: base64 of a brace and a quotation mark. */
	private static final String JWT = "eyJ";

	private static final String INVALID_TOKEN = "";

	private BearerToken() {
	}

	/**
	 * Returns the token.
	 * @param values the values of the header, one for each line that has its name
	 * @return the token; null if there is none; an empty string, which is an invalid
	 * token, if there are several, or if a JWT has no scheme before it
	 */
	public static @Nullable String find(List<String> values) {
		String found = null;
		boolean withoutScheme = false;
		for (String value : values) {
			String credentials = value.strip();
			int end = endOfScheme(credentials);
			if (end == credentials.length()) {
				withoutScheme |= credentials.startsWith(JWT);
			}
			else if (end == SCHEME.length() && credentials.regionMatches(true, 0, SCHEME, 0, end)) {
				found = (found == null) ? credentials.substring(end).strip() : INVALID_TOKEN;
			}
		}
		return (found == null && withoutScheme) ? INVALID_TOKEN : found;
	}

	/**
	 * Returns the index of the first blank. A regular expression would cost more than
	 * verifying the token.
	 */
	private static int endOfScheme(String credentials) {
		int end = 0;
		while (end < credentials.length() && credentials.charAt(end) != ' ' && credentials.charAt(end) != '\t') {
			end++;
		}
		return end;
	}

}
