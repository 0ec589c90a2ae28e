package dev.kennel.session;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

import dev.kennel.graphql.http.ContentType;
import dev.kennel.graphql.stream.AllowedOrigins;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Refuses requests that another site can make a browser send with this one's cookies. A
 * request has to come from Kennel's own origin, from that of {@code kennel.web.base-url}
 * or from one of {@code kennel.web.cors.allowed-origins}, as far as the browser tells;
 * and it has to be one that a browser does not send elsewhere without asking first: with
 * a body of JSON, or with a header that no form can set; unless the browser says that it
 * comes from a page of this very origin. Programs that are no browsers tell nothing, and
 * have no cookies but their own.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html">OWASP
 * Cross-Site Request Forgery Prevention Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
final class CsrfCheck {

	private static final String SAME_ORIGIN = "same-origin";

	/** What browsers call the sites that a request may come from; none is a typed URL. */
	private static final Set<String> OWN_SITES = Set.of(SAME_ORIGIN, "none");

	/** Headers that clients of GraphQL set on requests without a body of JSON. */
	private static final List<String> PREFLIGHT_HEADERS = List.of("Apollo-Require-Preflight", "X-Apollo-Operation-Name",
			"GraphQL-Require-Preflight");

	private final Set<String> frontends;

	/**
	 * Makes the check.
	 * @param frontends the origins whose pages may send requests, beside the service's
	 * own
	 */
	CsrfCheck(List<String> frontends) {
		this.frontends = Set.copyOf(frontends);
	}

	/**
	 * A request to the path of GraphQL.
	 *
	 * @param method its method
	 * @param query the query component of its URL, or null
	 * @param headers gives the value of a header, or null if it is not there
	 */
	record Request(String method, @Nullable String query, Function<String, @Nullable String> headers) {

		@Nullable String header(String name) {
			return this.headers.apply(name);
		}

		/** Other methods are refused, or told which there are. */
		private boolean mayRunAnOperation() {
			return switch (this.method) {
				case "POST" -> true;
				case "GET", "HEAD" -> isWebSocket() || this.query != null;
				default -> false;
			};
		}

		private boolean isWebSocket() {
			return "websocket".equalsIgnoreCase(header(HttpHeaders.UPGRADE));
		}

	}

	/**
	 * Checks a request.
	 * @param request the request
	 * @return a message that says why the request is refused, or null if it is not
	 */
	@Nullable String refusal(Request request) {
		if (!request.mayRunAnOperation()) {
			return null;
		}
		String origin = request.header(HttpHeaders.ORIGIN);
		String site = request.header("Sec-Fetch-Site");
		boolean own = (site == null || OWN_SITES.contains(site))
				&& (origin == null || AllowedOrigins.isOfHost(origin, request.header(HttpHeaders.HOST)));
		if (!own && (origin == null || !this.frontends.contains(origin))) {
			return "The request comes from another site (see kennel.web.cors.allowed-origins).";
		}
		// Browsers do not ask before opening a WebSocket, but they always tell the
		// origin.
		boolean webSocketOfPage = request.isWebSocket() && origin != null;
		if (!SAME_ORIGIN.equals(site) && !webSocketOfPage
				&& !ContentType.isJson(request.header(HttpHeaders.CONTENT_TYPE))
				&& PREFLIGHT_HEADERS.stream().noneMatch((name) -> request.header(name) != null)) {
			return "Send a body with the content type application/json, or the header Apollo-Require-Preflight.";
		}
		return null;
	}

}
