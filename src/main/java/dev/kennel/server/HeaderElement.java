package dev.kennel.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An element of {@code Accept}, {@code Accept-Encoding} and their like, or the value of
 * {@code Content-Type}: a name with parameters, of which {@code q} is its quality.
 *
 * @param name the name in lower case, such as {@code application/json} or {@code gzip}
 * @param parameters the parameters without {@code q}, their names in lower case
 * @param quality from 0, which is not acceptable, to 1
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2">RFC 9110, section
 * 12.4.2</a>
 */
public record HeaderElement(String name, List<Map.Entry<String, String>> parameters, double quality) {

	/** With a digit in front or without: {@code HttpURLConnection} sends {@code .2}. */
	private static final Pattern QUALITY = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?|\\.\\d{1,3}");

	private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]+(/[!#$%&'*+.^_`|~0-9a-z-]+)?");

	/**
	 * Reads the elements of a header.
	 * @param values the values of the header
	 * @return the elements that are well-formed: of the others, no client can mean
	 * anything
	 */
	public static List<HeaderElement> all(List<String> values) {
		return HeaderList.elements(values).stream().map(HeaderElement::parse).filter(Objects::nonNull).toList();
	}

	/**
	 * Reads an element.
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
	 * Returns whether the charset is the one of JSON. An empty one is none.
	 * @return whether each parameter of this name, if there is any, is UTF-8
	 */
	public boolean isUtf8() {
		return this.parameters.stream()
			.filter((parameter) -> parameter.getKey().equals("charset"))
			.map((parameter) -> parameter.getValue().toLowerCase(Locale.ROOT))
			.allMatch((charset) -> charset.isEmpty() || charset.equals("utf-8") || charset.equals("utf8"));
	}

	/**
	 * Tells how exactly a media range names a media type.
	 * @param type the type
	 * @return 2 for the type itself, 1 for its kind, as in {@code application/*} and
	 * {@code application/*+json}, 0 for any type, and -1 if it is none of the range
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
		boolean ofKind = slash > 0 && type.startsWith(this.name.substring(0, slash + 1))
				&& (subtype.equals("*") || (subtype.startsWith("*+") && type.endsWith(subtype.substring(1))));
		return ofKind ? 1 : -1;
	}

}
