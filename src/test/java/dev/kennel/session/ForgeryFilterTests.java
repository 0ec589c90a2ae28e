package dev.kennel.session;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

import dev.kennel.graphql.http.WebProperties;
import jakarta.servlet.ServletException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The decisions of the filter, header by header. {@link InstancesTests} sends such
 * requests to a service.
 */
class ForgeryFilterTests {

	private static final String HOST = "kennel.example:8443";

	private static final String OWN = "https://kennel.example:8443";

	private static final String FRONTEND = "https://app.example";

	private static final String ALLOWED = "https://other.example";

	private static final String OTHER_SITE = "{\"errors\":[{\"message\":\"The request comes from another site "
			+ "(see kennel.web.cors.allowed-origins).\",\"extensions\":{\"code\":\"FORBIDDEN\"}}]}";

	private static final String PREFLIGHT = "{\"errors\":[{\"message\":\"Send a body with the content type "
			+ "application/json, or the header Apollo-Require-Preflight.\",\"extensions\":{\"code\":\"FORBIDDEN\"}}]}";

	private static final String JSON = "application/json";

	private final ForgeryFilter filter = new ForgeryFilter(
			new WebProperties(URI.create(FRONTEND), new WebProperties.Cors(List.of(ALLOWED))));

	private MockHttpServletResponse response = new MockHttpServletResponse();

	/** Returns whether the request gets through the filter. */
	private boolean passes(String path, Map<String, String> headers) throws ServletException, IOException {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", path);
		request.setServletPath(path);
		request.addHeader("Host", HOST);
		headers.forEach(request::addHeader);
		MockFilterChain chain = new MockFilterChain();
		this.response = new MockHttpServletResponse();
		this.filter.doFilter(request, this.response, chain);
		return chain.getRequest() != null;
	}

	private void assertPasses(Map<String, String> headers) throws ServletException, IOException {
		assertThat(passes("/graphql", headers)).as(headers.toString()).isTrue();
		assertThat(this.response.getStatus()).isEqualTo(200);
	}

	private void assertRefused(Map<String, String> headers, String body) throws ServletException, IOException {
		assertThat(passes("/graphql", headers)).as(headers.toString()).isFalse();
		assertThat(this.response.getStatus()).isEqualTo(403);
		assertThat(this.response.getHeader("Cache-Control")).isEqualTo("no-store");
		assertThat(this.response.getContentType()).isEqualTo("application/json;charset=utf-8");
		assertThat(this.response.getContentLength()).isEqualTo(body.length());
		assertThat(this.response.getContentAsString()).isEqualTo(body);
	}

	@ParameterizedTest
	@ValueSource(strings = { OWN, "http://kennel.example:8443", "https://KENNEL.example:8443", FRONTEND, ALLOWED })
	void ownHostAndTrustedOriginsPass(String origin) throws Exception {
		assertPasses(Map.of("Content-Type", JSON, "Origin", origin));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "https://kennel.example", "https://kennel.example:8444",
			"https://kennel.example:8443.evil.example", "https://x.kennel.example:8443", "http://app.example",
			"https://APP.example", "null", "", "about:blank", "kennel.example:8443", "not an origin", "%" })
	void otherOriginsAreRefused(String origin) throws Exception {
		assertRefused(Map.of("Content-Type", JSON, "Origin", origin), OTHER_SITE);
		assertRefused(Map.of("Content-Type", JSON, "Origin", origin, "Sec-Fetch-Site", "same-origin"), OTHER_SITE);
	}

	@ParameterizedTest
	@CsvSource({ "same-origin, true", "none, true", "same-site, false", "cross-site, false", "'', false",
			"SAME-ORIGIN, false" })
	void siteDecidesWhereThereIsNoOrigin(String site, boolean own) throws Exception {
		Map<String, String> headers = Map.of("Content-Type", JSON, "Sec-Fetch-Site", site);
		if (own) {
			assertPasses(headers);
		}
		else {
			assertRefused(headers, OTHER_SITE);
		}
	}

	/** A browser calls a frontend on another host a site of its own. */
	@ParameterizedTest
	@ValueSource(strings = { "same-site", "cross-site" })
	void trustedOriginOfAnotherSitePassesAndTheOwnHostOfAnotherSiteDoesNot(String site) throws Exception {
		assertPasses(Map.of("Content-Type", JSON, "Sec-Fetch-Site", site, "Origin", FRONTEND));
		assertPasses(Map.of("Content-Type", JSON, "Sec-Fetch-Site", site, "Origin", ALLOWED));
		assertRefused(Map.of("Content-Type", JSON, "Sec-Fetch-Site", site, "Origin", OWN), OTHER_SITE);
	}

	@ParameterizedTest
	@ValueSource(strings = { JSON, "application/json;charset=utf-8", "application/json ; charset=utf-8",
			" application/json", "Application/JSON" })
	void bodyOfJsonPasses(String contentType) throws Exception {
		assertPasses(Map.of("Content-Type", contentType));
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
			"text/plain; application/json", "application/json-seq", "application/jso", "xapplication/json" })
	void bodyThatAFormCanSendIsRefused(String contentType) throws Exception {
		assertRefused(Map.of("Content-Type", contentType), PREFLIGHT);
		assertRefused(Map.of("Content-Type", contentType, "Origin", OWN), PREFLIGHT);
		assertRefused(Map.of("Content-Type", contentType, "Origin", FRONTEND), PREFLIGHT);
		assertRefused(Map.of("Content-Type", contentType, "Sec-Fetch-Site", "none"), PREFLIGHT);
		assertPasses(Map.of("Content-Type", contentType, "Sec-Fetch-Site", "same-origin"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Apollo-Require-Preflight", "X-Apollo-Operation-Name", "GraphQL-Require-Preflight" })
	void headerThatNoFormCanSetStandsForABodyOfJson(String header) throws Exception {
		assertPasses(Map.of(header, ""));
		assertRefused(Map.of(header, "true", "Origin", "https://evil.example"), OTHER_SITE);
	}

	@Test
	void requestWithoutBodyAndHeadersIsRefused() throws Exception {
		assertRefused(Map.of(), PREFLIGHT);
	}

	/** A browser opens a WebSocket of any site without asking, but names the origin. */
	@Test
	void webSocketNeedsATrustedOrigin() throws Exception {
		assertPasses(Map.of("Upgrade", "websocket", "Origin", OWN));
		assertPasses(Map.of("Upgrade", "WebSocket", "Origin", FRONTEND, "Sec-Fetch-Site", "cross-site"));
		assertRefused(Map.of("Upgrade", "websocket", "Origin", "https://evil.example"), OTHER_SITE);
		assertRefused(Map.of("Upgrade", "websocket"), PREFLIGHT);
		assertRefused(Map.of("Upgrade", "h2c", "Origin", OWN), PREFLIGHT);
	}

	@ParameterizedTest
	@CsvSource({ "/graphql, false", "/graphql/, false", "/graphqlx, false", "/graphiql, true",
			"/.well-known/jwks.json, true", "/x/graphql, true" })
	void onlyPathsOfTheApiAreFiltered(String path, boolean passes) throws Exception {
		assertThat(passes(path, Map.of("Origin", "https://evil.example"))).isEqualTo(passes);
	}

}
