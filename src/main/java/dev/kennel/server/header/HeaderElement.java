package dev.kennel.server.header;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An element of a header such as {@code Accept} and {@code Accept-Encoding}, or the value
 * of {@code Content-Type}: a name with parameters, of which {@code q} is the quality.
 *
 * @param name the name in lower case, such as {@code application/json} or {@code gzip}
 * @param parameters the parameters without {@code q}, their names in lower case
 * @param quality from 0, which is not acceptable, to 1
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2">RFC 9110, section
 * 12.4.2</a>
 */
public record HeaderElement(String name, List<Map.Entry<String, String>> parameters, double quality) {

	/** The leading digit is optional: {@code HttpURLConnection} sends {@code .2}. */
	private static final Pattern QUALITY = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?|\\.\\d{1,3}");

	private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+(/[!#$%&'*+.^_`|~0-9a-z-]+)?");

	/**
	 * Parses the elements of a header.
	 * @param values the values of the header
	 * @return the well-formed elements; others are ignored
	 */
	public static List<HeaderElement> all(List<String> values) {
		return HeaderList.elements(values).stream().map(HeaderElement::parse).filter(Objects::nonNull).toList();
	}

	/**
	 * Parses an element.
	 * @return the element, or null if it is not well-formed
	 */
	public static @Nullable HeaderElement parse(String element) {
		List<String> parts = HeaderList.parts(element);
		String name = parts.isEmpty() ? "" : parts.getFirst().toLowerCase(Locale.ROOT);
		if (element.startsWith(";") || !NAME.matcher(name).matches()) {
			return null;
		}
		double quality = 1;
		List<Map.Entry<String, String>> parameters = new ArrayList<>();
		for (String part : parts.subList(1, parts.size())) {
			int equals = part.indexOf('=');
			String value = (equals < 0) ? null : HeaderList.unquoted(part.substring(equals + 1).strip());
			if (value == null) {
				return null;
			}
			String parameter = part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
			if (!parameter.equals("q")) {
				parameters.add(Map.entry(parameter, value));
			}
			else if (QUALITY.matcher(value).matches()) {
				quality = Double.parseDouble(value);
			}
			else {
				return null;
			}
		}
		return new HeaderElement(name, List.copyOf(parameters), quality);
	}

	/**
	 * Returns whether the charset is UTF-8, the only one of JSON. An empty charset counts
	 * as absent.
	 * @return whether every charset parameter is UTF-8
	 */
	public boolean isUtf8() {
		return this.parameters.stream()
			.filter((parameter) -> parameter.getKey().equals("charset"))
			.map((parameter) -> parameter.getValue().toLowerCase(Locale.ROOT))
			.allMatch((charset) -> charset.isEmpty() || charset.equals("utf-8") || charset.equals("utf8"));
	}

	/**
	 * Returns the specificity with which this media range matches a media type.
	 * @param type the media type
	 * @return 2 for the exact type, 1 for {@code application/*} and
	 * {@code application/*+json}, 0 for any type, and -1 if it does not match
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1">RFC 9110,
	 * section 12.5.1</a>
	 */
	public int specificity(String type) {
		// HttpURLConnection sends a single asterisk.
		if (this.name.equals("*") || this.name.equals("*/*")) {
			return 0;
		}
		if (this.name.equals(type)) {
			return 2;
		}
		int slash = this.name.indexOf('/');
		String subtype = this.name.substring(slash + 1);
		boolean matches = slash > 0 && type.startsWith(this.name.substring(0, slash + 1))
				&& (subtype.equals("*") || (subtype.startsWith("*+") && type.endsWith(subtype.substring(1))));
		return matches ? 1 : -1;
	}

}
