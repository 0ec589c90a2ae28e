package dev.kennel.server.header;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Parses lists in headers. Ignores empty elements. A quoted string may contain the
 * separator.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1">RFC 9110, section
 * 5.6.1</a>
 */
public final class HeaderList {

	private HeaderList() {
	}

	/**
	 * Parses a list.
	 * @param values the values of the header, one for each header line
	 * @return the elements that are not empty, in order
	 */
	public static List<String> elements(List<String> values) {
		return elements(values, ',', true);
	}

	/**
	 * Returns whether all elements are equal to a token, ignoring case.
	 * @param elements the elements of a list
	 * @param token the token
	 * @return whether they are; true for an empty list
	 */
	public static boolean areAll(List<String> elements, String token) {
		for (String element : elements) {
			if (!element.equalsIgnoreCase(token)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Matches an entity tag by weak comparison, as proxies may turn weak tags into strong
	 * ones.
	 * @param ifNoneMatch the values of {@code If-None-Match}
	 * @param tag a weak tag
	 * @return whether the header contains the tag
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2">RFC 9110,
	 * section 13.1.2</a>
	 */
	public static boolean hasEntityTag(List<String> ifNoneMatch, String tag) {
		return entityTags(ifNoneMatch).stream()
			.anyMatch((known) -> known.equals("*") || known.equals(tag) || tag.substring("W/".length()).equals(known));
	}

	/** Parses entity tags, which have no escapes. */
	static List<String> entityTags(List<String> values) {
		return elements(values, ',', false);
	}

	/** Parses the semicolon-separated parts of an element. */
	static List<String> parts(String element) {
		return elements(List.of(element), ';', true);
	}

	private static List<String> elements(List<String> values, char separator, boolean escapes) {
		List<String> elements = new ArrayList<>();
		for (String value : values) {
			int start = 0;
			while (start <= value.length()) {
				int end = end(value, start, separator, escapes);
				String element = value.substring(start, end).strip();
				if (!element.isEmpty()) {
					elements.add(element);
				}
				start = end + 1;
			}
		}
		return elements;
	}

	private static int end(String value, int start, char separator, boolean escapes) {
		boolean inQuotes = false;
		int index = start;
		while (index < value.length() && (inQuotes || value.charAt(index) != separator)) {
			char character = value.charAt(index);
			if (character == '"') {
				inQuotes = !inQuotes;
			}
			else if (character == '\\' && inQuotes && escapes) {
				index++;
			}
			index++;
		}
		return Math.min(index, value.length());
	}

	/**
	 * Unquotes a quoted string.
	 * @param text a token or a quoted string
	 * @return the value, or null if the text is neither
	 */
	static @Nullable String unquoted(String text) {
		if (!text.startsWith("\"")) {
			return (text.indexOf('"') < 0) ? text : null;
		}
		StringBuilder unquoted = new StringBuilder();
		int index = 1;
		while (index < text.length() && text.charAt(index) != '"') {
			if (text.charAt(index) == '\\') {
				index++;
			}
			if (index < text.length()) {
				unquoted.append(text.charAt(index));
			}
			index++;
		}
		return (index == text.length() - 1) ? unquoted.toString() : null;
	}

}
