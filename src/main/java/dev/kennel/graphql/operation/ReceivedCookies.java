package dev.kennel.graphql.operation;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The cookies of a request, parsed as browsers serialize them: pairs separated by
 * semicolons, and nothing else. The HTTP server's parser accepts more: from the value of
 * another cookie, or from one without a name, it derives cookies with names that a
 * browser would not have let the other host set.
 *
 * @param headers the values of the {@code Cookie} headers
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6265#section-4.2">RFC 6265, section
 * 4.2</a>
 */
public record ReceivedCookies(List<String> headers) {

	public ReceivedCookies {
		headers = List.copyOf(headers);
	}

	/**
	 * Returns whether there is a cookie of a name.
	 * @param name the name
	 * @return whether there is one, also an empty one, or several
	 */
	public boolean has(String name) {
		return !values(name).isEmpty();
	}

	/**
	 * Returns the only cookie of a name. Of several, the request does not tell which one
	 * this service has set, and which one a sibling host.
	 * @param name the name
	 * @return its value; null if it is absent or empty; an empty string, which is an
	 * invalid token, if there are several
	 */
	public @Nullable String single(String name) {
		List<String> values = values(name);
		return switch (values.size()) {
			case 0 -> null;
			case 1 -> values.getFirst().isEmpty() ? null : values.getFirst();
			default -> "";
		};
	}

	private List<String> values(String name) {
		List<String> values = new ArrayList<>(1);
		for (String header : this.headers) {
			int start = 0;
			while (start <= header.length()) {
				int semicolon = header.indexOf(';', start);
				int end = (semicolon < 0) ? header.length() : semicolon;
				String value = valueIn(header, start, end, name);
				if (value != null) {
					values.add(value);
				}
				start = end + 1;
			}
		}
		return values;
	}

	/** Returns the value of a header's pair, or null if it has another name. */
	private static @Nullable String valueIn(String header, int start, int end, String name) {
		int from = start;
		// Browsers and RFC 6265 recognise these two as white space only.
		while (from < end && isBlank(header.charAt(from))) {
			from++;
		}
		if (!header.startsWith(name, from)) {
			return null;
		}
		int equals = from + name.length();
		while (equals < end && isBlank(header.charAt(equals))) {
			equals++;
		}
		return (equals < end && header.charAt(equals) == '=') ? header.substring(equals + 1, end).strip() : null;
	}

	private static boolean isBlank(char character) {
		return character == ' ' || character == '\t';
	}

}
