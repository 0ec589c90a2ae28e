package dev.kennel.session.transport;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the check per header. {@code MultiInstanceTests} sends such requests to an
 * instance.
 */
class CsrfPolicyTests {

	private static final String HOST = "kennel.example:8443";

	private static final String OWN = "https://kennel.example:8443";

	private static final String FRONTEND = "https://app.example";

	private static final String ALLOWED = "https://other.example";

	private static final String OTHER_SITE = "The request comes from another site (see kennel.web.cors.allowed-origins).";

	private static final String PREFLIGHT = "Send a body with the content type application/json, "
			+ "or the header Apollo-Require-Preflight.";

	private static final String JSON = "application/json";

	private final CsrfPolicy check = new CsrfPolicy(List.of(FRONTEND, ALLOWED));

	private @Nullable String refusal(String method, @Nullable String query, Map<String, String> headers) {
		Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		all.put("Host", HOST);
		all.putAll(headers);
		return this.check.refusal(new CsrfPolicy.Request(method, query, all::get));
	}

	private void assertPasses(Map<String, String> headers) {
		assertThat(refusal("POST", null, headers)).as(headers.toString()).isNull();
	}

	private void assertRefused(Map<String, String> headers, String message) {
		assertThat(refusal("POST", null, headers)).as(headers.toString()).isEqualTo(message);
	}

	@ParameterizedTest
	@ValueSource(strings = { OWN, "http://kennel.example:8443", "https://KENNEL.example:8443", FRONTEND, ALLOWED })
	void ownHostAndTrustedOriginsPass(String origin) {
		assertPasses(Map.of("Content-Type", JSON, "Origin", origin));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "https://kennel.example", "https://kennel.example:8444",
			"https://kennel.example:8443.evil.example", "https://x.kennel.example:8443", "http://app.example",
			"https://APP.example", "null", "", "about:blank", "kennel.example:8443", "not an origin", "%" })
	void otherOriginsAreRefused(String origin) {
		assertRefused(Map.of("Content-Type", JSON, "Origin", origin), OTHER_SITE);
		assertRefused(Map.of("Content-Type", JSON, "Origin", origin, "Sec-Fetch-Site", "same-origin"), OTHER_SITE);
	}

	@ParameterizedTest
	@CsvSource({ "same-origin, true", "none, true", "same-site, false", "cross-site, false", "'', false",
			"SAME-ORIGIN, false" })
	void secFetchSiteDecidesWithoutOrigin(String site, boolean own) {
		Map<String, String> headers = Map.of("Content-Type", JSON, "Sec-Fetch-Site", site);
		if (own) {
			assertPasses(headers);
		}
		else {
			assertRefused(headers, OTHER_SITE);
		}
	}

	/** A frontend on another host is cross-site for a browser. */
	@ParameterizedTest
	@ValueSource(strings = { "same-site", "cross-site" })
	void crossSiteRequestPassesFromTrustedOriginButNotFromOwnHost(String site) {
		assertPasses(Map.of("Content-Type", JSON, "Sec-Fetch-Site", site, "Origin", FRONTEND));
		assertPasses(Map.of("Content-Type", JSON, "Sec-Fetch-Site", site, "Origin", ALLOWED));
		assertRefused(Map.of("Content-Type", JSON, "Sec-Fetch-Site", site, "Origin", OWN), OTHER_SITE);
	}

	@ParameterizedTest
	@ValueSource(strings = { JSON, "application/json;charset=utf-8", "application/json ; charset=utf-8",
			" application/json", "Application/JSON" })
	void jsonBodyPasses(String contentType) {
		assertPasses(Map.of("Content-Type", contentType));
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
			"text/plain; application/json", "application/json-seq", "application/jso", "xapplication/json" })
	void formContentTypeIsRefused(String contentType) {
		assertRefused(Map.of("Content-Type", contentType), PREFLIGHT);
		assertRefused(Map.of("Content-Type", contentType, "Origin", OWN), PREFLIGHT);
		assertRefused(Map.of("Content-Type", contentType, "Origin", FRONTEND), PREFLIGHT);
		assertRefused(Map.of("Content-Type", contentType, "Sec-Fetch-Site", "none"), PREFLIGHT);
		assertPasses(Map.of("Content-Type", contentType, "Sec-Fetch-Site", "same-origin"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Apollo-Require-Preflight", "X-Apollo-Operation-Name", "GraphQL-Require-Preflight" })
	void preflightHeaderReplacesJsonBody(String header) {
		assertPasses(Map.of(header, ""));
		assertRefused(Map.of(header, "true", "Origin", "https://evil.example"), OTHER_SITE);
	}

	@Test
	void requestWithoutBodyAndHeadersIsRefused() {
		assertRefused(Map.of(), PREFLIGHT);
	}

	/**
	 * A browser opens a WebSocket from any site without a preflight, but sends the
	 * origin.
	 */
	@Test
	void webSocketNeedsATrustedOrigin() {
		assertThat(refusal("GET", null, Map.of("Upgrade", "websocket", "Origin", OWN))).isNull();
		assertThat(refusal("GET", null,
				Map.of("Upgrade", "WebSocket", "Origin", FRONTEND, "Sec-Fetch-Site", "cross-site")))
			.isNull();
		assertThat(refusal("GET", null, Map.of("Upgrade", "websocket", "Origin", "https://evil.example")))
			.isEqualTo(OTHER_SITE);
		assertThat(refusal("GET", null, Map.of("Upgrade", "websocket"))).isEqualTo(PREFLIGHT);
		assertThat(refusal("POST", null, Map.of("Upgrade", "h2c", "Origin", OWN))).isEqualTo(PREFLIGHT);
	}

	@ParameterizedTest
	@CsvSource({ "POST, , false", "GET, query=%7Bme%7D, false", "HEAD, query=%7Bme%7D, false", "GET, , true",
			"HEAD, , true", "OPTIONS, query=%7Bme%7D, true", "PUT, , true" })
	void onlyRequestsThatCanExecuteAnOperationAreChecked(String method, @Nullable String query, boolean passes) {
		assertThat(refusal(method, query, Map.of("Origin", "https://evil.example")) == null).isEqualTo(passes);
	}

}
