package dev.kennel.graphql.http;

import java.util.Arrays;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The {@code Allow} header lists exactly the supported methods. */
@KennelTest
class AllowTests {

	private final Api api;

	AllowTests(Api api) {
		this.api = api;
	}

	private Api.Response send(String method, String path) {
		return this.api.send(method, path, new byte[0], Map.of("Accept", "*/*"));
	}

	private static String allow(Api.Response response) {
		return String.join(", ", Arrays.stream(response.header("Allow").split(", *")).sorted().toList());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "/graphql | GET, HEAD, OPTIONS, POST | 400", "/graphql/schema.graphql | GET, HEAD, OPTIONS | 200",
					"/ | GET, HEAD, OPTIONS | 200", "/index.html | GET, HEAD, OPTIONS | 200",
					"/page.js | GET, HEAD, OPTIONS | 200", "/graphiql | GET, HEAD, OPTIONS | 302",
					"/graphiql/ | GET, HEAD, OPTIONS | 302", "/reset-password | GET, HEAD, OPTIONS | 200",
					"/verify-email | GET, HEAD, OPTIONS | 200", "/restore-email | GET, HEAD, OPTIONS | 200",
					"/email-login | GET, HEAD, OPTIONS | 200", "/mail-link.js | GET, HEAD, OPTIONS | 200",
					"/mail-link.css | GET, HEAD, OPTIONS | 200", "/.well-known/jwks.json | GET, HEAD, OPTIONS | 200" })
	void allowHeaderListsTheSupportedMethods(String path, String methods, int status) {
		Api.Response options = send("OPTIONS", path);
		Api.Response refused = send("DELETE", path);

		assertThat(options.status()).isBetween(200, 204);
		assertThat(options.body()).isEmpty();
		assertThat(allow(options)).isEqualTo(methods);
		assertThat(refused.status()).isEqualTo(405);
		assertThat(refused.json().at("/errors/0/extensions/code").asString()).isEqualTo("METHOD_NOT_ALLOWED");
		assertThat(allow(refused)).isEqualTo(methods);
		assertThat(send("GET", path).status()).isEqualTo(status);
		assertThat(send("HEAD", path).status()).isEqualTo(status);
		assertThat(send("POST", path).status()).isEqualTo(methods.contains("POST") ? 400 : 405);
	}

}
