package dev.kennel.graphql.usage;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * What a program says of itself, in the headers that Apollo's clients send.
 *
 * @param name its name
 * @param version its version, or an empty text
 * @see <a href=
 * "https://www.apollographql.com/docs/graphos/platform/insights/client-segmentation">Apollo,
 * client segmentation</a>
 */
record ClientName(String name, String version) {

	/** Beyond the number of those that are told apart. */
	static final ClientName OTHER = new ClientName("other", "");

	/** Clients that say nothing of themselves. */
	static final ClientName UNNAMED = new ClientName("unnamed", "");

	private static final Pattern PLAIN = Pattern.compile("[\\w./@:+ -]{1,64}");

	static ClientName of(HttpHeaders headers) {
		String name = first(headers, "apollographql-client-name", "graphql-client-name");
		if (name == null) {
			return UNNAMED;
		}
		String version = first(headers, "apollographql-client-version", "graphql-client-version");
		return new ClientName(name, (version != null) ? version : "");
	}

	/** What is not a plain word is as good as nothing. */
	private static @Nullable String first(HttpHeaders headers, String... names) {
		for (String name : names) {
			String value = headers.getFirst(name);
			if (value != null && PLAIN.matcher(value).matches()) {
				return value;
			}
		}
		return null;
	}

}
