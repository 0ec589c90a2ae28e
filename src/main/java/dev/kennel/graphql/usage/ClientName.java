package dev.kennel.graphql.usage;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The name and version of a client, from the headers that Apollo's clients send.
 *
 * @param name its name
 * @param version its version, or an empty string
 * @see <a href=
 * "https://www.apollographql.com/docs/graphos/platform/insights/client-segmentation">Apollo,
 * client segmentation</a>
 */
public record ClientName(String name, String version) {

	private static final List<String> NAME_HEADERS = List.of("apollographql-client-name", "graphql-client-name");

	private static final List<String> VERSION_HEADERS = List.of("apollographql-client-version",
			"graphql-client-version");

	/** The request headers that name a client and its version. */
	public static final List<String> HEADERS = Stream.of(NAME_HEADERS, VERSION_HEADERS).flatMap(List::stream).toList();

	/** Clients beyond the maximum number. No valid name has parentheses. */
	static final ClientName OTHER = new ClientName("(other)", "");

	/** Clients without a name. */
	static final ClientName UNNAMED = new ClientName("(unnamed)", "");

	private static final Pattern VALID = Pattern.compile("[\\w./@:+ -]{1,64}");

	static ClientName of(HttpHeaders headers) {
		String name = first(headers, NAME_HEADERS);
		if (name == null) {
			return UNNAMED;
		}
		String version = first(headers, VERSION_HEADERS);
		return new ClientName(name, (version != null) ? version : "");
	}

	/**
	 * Returns the first valid header, or null; headers with other characters are ignored.
	 */
	private static @Nullable String first(HttpHeaders headers, List<String> names) {
		for (String name : names) {
			String value = headers.getFirst(name);
			if (value != null && VALID.matcher(value).matches()) {
				return value;
			}
		}
		return null;
	}

}
