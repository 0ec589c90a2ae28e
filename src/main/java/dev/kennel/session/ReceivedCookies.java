package dev.kennel.session;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The cookies of a request, read as browsers write them: pairs between semicolons, and
 * nothing else. The server's own reader understands more, and what it makes of another
 * cookie's value, or of one without a name, may have a name that no browser would have
 * let the other's host set.
 *
 * @param headers the values of the {@code Cookie} headers
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6265#section-4.2">RFC 6265, section
 * 4.2</a>
 */
record ReceivedCookies(List<String> headers) {

	ReceivedCookies {
		headers = List.copyOf(headers);
	}

	boolean has(String name) {
		return !values(name).isEmpty();
	}

	/**
	 * Finds the one cookie of a name. Of several, a browser does not tell which one this
	 * service has set, and which one a host beside it.
	 * @return its value; null if there is none, or an empty one; an empty text, which is
	 * no token, if there are several
	 */
	@Nullable String single(String name) {
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

	/** The value of the pair in a part of a header, if it has the name. */
	private static @Nullable String valueIn(String header, int start, int end, String name) {
		int from = start;
		// Of white space, browsers and RFC 6265 know these two only.
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
