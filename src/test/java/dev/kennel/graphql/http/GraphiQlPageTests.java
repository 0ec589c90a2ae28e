package dev.kennel.graphql.http;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class GraphiQlPageTests {

	private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"([^\"]*)\"");

	private final Api api;

	GraphiQlPageTests(Api api) {
		this.api = api;
	}

	@Test
	void theWelcomePageIsKennelsOwn() {
		// Spring GraphQL's jar has a page at the same place in the class path.
		Api.Answer answer = get("/");

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
		assertThat(answer.body()).contains("<title>Kennel: GraphiQL</title>");
	}

	@Test
	void allThatThePageLoadsIsServed() {
		List<String> assets = ASSET.matcher(get("/").body()).results().map((match) -> match.group(1)).toList();

		assertThat(assets.stream().map((asset) -> asset.replaceAll("[0-9]+\\.[0-9]+\\.[0-9]+", "VERSION")))
			.containsExactly("kennel.svg", "_static/graphiql/VERSION/graphiql.min.css", "page.css",
					"_static/react/VERSION/umd/react.production.min.js",
					"_static/react-dom/VERSION/umd/react-dom.production.min.js",
					"_static/graphiql/VERSION/graphiql.min.js", "page.js", "kennel.svg");
		assertThat(assets).allSatisfy((asset) -> assertThat(get("/" + asset).status()).isEqualTo(200));
	}

	@Test
	void whatHasItsVersionInThePathIsCachedForAYear() {
		String asset = ASSET.matcher(get("/").body())
			.results()
			.map((match) -> match.group(1))
			.filter((path) -> path.endsWith("graphiql.min.js"))
			.findFirst()
			.orElseThrow();

		assertThat(get("/" + asset).header("Cache-Control")).isEqualTo("max-age=31536000, public, immutable");
		assertThat(get("/page.js").header("Cache-Control")).isEqualTo("no-cache");
	}

	@ParameterizedTest
	@CsvSource({ "/index.html, text/html", "/page.js, text/javascript", "/session.js, text/javascript",
			"/fetcher.js, text/javascript", "/transport.js, text/javascript", "/examples.js, text/javascript",
			"/page.css, text/css" })
	void nothingOfThePageIsOfAnotherHost(String path, String contentType) {
		Api.Answer answer = get(path);

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualTo(contentType);
		assertThat(answer.body()).doesNotContainPattern("[a-z]+://").doesNotContainPattern("[\"'`(]//");
	}

	@Test
	void thePageHasNoScriptOrStyleInIt() {
		assertThat(get("/").body()).doesNotContain("<style")
			.doesNotContain("javascript:")
			.doesNotContainPattern("<script(?![^>]* src=)")
			.doesNotContainPattern("\\s(style|on[a-z]+)=");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/graphiql", "/graphiql/" })
	void thePlaceOfSpringBootsPageLeadsToIt(String path) {
		Api.Answer answer = get(path);

		assertThat(answer.status()).isEqualTo(302);
		assertThat(answer.header("Location")).isEqualTo(this.api.uri("/").toString());
	}

	private Api.Answer get(String path) {
		return this.api.send("GET", path, new byte[0], Map.of("Accept", "text/html, */*"));
	}

}
