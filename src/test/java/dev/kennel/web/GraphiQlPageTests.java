package dev.kennel.web;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
@ExtendWith(OutputCaptureExtension.class)
class GraphiQlPageTests {

	private static final Pattern ASSET = Pattern.compile("<(?:link|script|img)\\b[^>]* (?:href|src)=\"([^\"]*)\"");

	private final Api api;

	private final Environment environment;

	GraphiQlPageTests(Api api, Environment environment) {
		this.api = api;
		this.environment = environment;
	}

	@Test
	void rootPageIsKennelsGraphiQl() {
		// Spring GraphQL's jar has a page at the same class path location.
		Api.Response response = get("/");

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo("text/html;charset=UTF-8");
		assertThat(response.body()).contains("<title>Kennel: GraphiQL</title>");
	}

	@Test
	void allAssetsOfThePageAreServed() {
		List<String> assets = assets();

		assertThat(assets.stream().map((asset) -> asset.replaceAll("[0-9]+\\.[0-9]+\\.[0-9]+", "VERSION")))
			.containsExactly("kennel.svg", "_static/graphiql/VERSION/graphiql.min.css", "page.css",
					"_static/react/VERSION/umd/react.production.min.js",
					"_static/react-dom/VERSION/umd/react-dom.production.min.js",
					"_static/graphiql/VERSION/graphiql.min.js", "page.js", "kennel.svg");
		assertThat(assets).allSatisfy((asset) -> assertThat(get("/" + asset).status()).isEqualTo(200));
	}

	@Test
	void versionedAssetsAreCachedForAYear() {
		String asset = assets().stream().filter((path) -> path.endsWith("graphiql.min.js")).findFirst().orElseThrow();

		assertThat(get("/" + asset).header("Cache-Control")).isEqualTo("max-age=31536000, public, immutable");
		assertThat(get("/page.js").header("Cache-Control")).isEqualTo("no-cache");
	}

	@ParameterizedTest
	@CsvSource({ "/index.html, text/html;charset=UTF-8", "/page.js, text/javascript", "/session.js, text/javascript",
			"/fetcher.js, text/javascript", "/transport.js, text/javascript", "/examples.js, text/javascript",
			"/page.css, text/css" })
	void noFileReferencesAnotherHost(String path, String contentType) {
		Api.Response response = get(path);

		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo(contentType);
		assertThat(response.body()).doesNotContainPattern("[a-z]+://").doesNotContainPattern("[\"'`(]//");
	}

	@Test
	void pageHasNoInlineScriptOrStyle() {
		assertThat(get("/").body()).doesNotContain("<style")
			.doesNotContain("javascript:")
			.doesNotContainPattern("<script(?![^>]* src=)")
			.doesNotContainPattern("\\s(style|on[a-z]+)=");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/graphiql", "/graphiql/" })
	void springBootsGraphiQlPathRedirectsToThePage(String path) {
		Api.Response response = get(path);

		assertThat(response.status()).isEqualTo(302);
		assertThat(response.header("Location")).isEqualTo("/");
	}

	@Test
	void disabledGraphiQlHasNoPaths(CapturedOutput log) {
		List<String> paths = Stream
			.concat(Stream.of("/", "/index.html", "/session.js", "/fetcher.js", "/transport.js", "/examples.js",
					"/graphiql", "/graphiql/"), assets().stream().map((asset) -> "/" + asset))
			.toList();
		try (Instance instance = Instance.beside(this.environment, Map.of("kennel.web.graphiql.enabled", "false"))) {
			Api closed = instance.api();
			Api.Response unknown = get(closed, "/never-was-there");
			assertThat(unknown.json().at("/errors/0/extensions/code").asString()).isEqualTo("NOT_FOUND");
			assertThat(paths).hasSize(16).allSatisfy((path) -> {
				assertThat(get(this.api, path).status()).isIn(200, 302);
				Api.Response response = get(closed, path);
				assertThat(response.status()).isEqualTo(404);
				assertThat(response.body()).isEqualTo(unknown.body());
			});
			for (String path : List.of("/reset-password", "/verify-email", "/mail-link.js", "/mail-link.css",
					"/graphql/schema.graphql", "/.well-known/jwks.json")) {
				assertThat(get(closed, path).status()).as(path).isEqualTo(200);
			}
			assertThat(closed.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
			// Another instance may have started concurrently.
			String port = ":" + closed.uri("/").getPort() + "/";
			assertThat(log.getAll().lines().filter((line) -> line.contains("StartupReport") && line.contains(port)))
				.singleElement(InstanceOfAssertFactories.STRING)
				.endsWith(": GraphQL:  " + closed.uri("/graphql"));
		}
	}

	private List<String> assets() {
		return ASSET.matcher(get("/").body()).results().map((match) -> match.group(1)).toList();
	}

	private Api.Response get(String path) {
		return get(this.api, path);
	}

	private static Api.Response get(Api api, String path) {
		return api.send("GET", path, new byte[0], Map.of("Accept", "text/html, */*"));
	}

}
