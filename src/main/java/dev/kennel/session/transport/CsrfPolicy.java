package dev.kennel.session.transport;

import java.util.List;
import java.util.Set;
import java.util.function.Function;

import dev.kennel.graphql.http.ContentType;
import dev.kennel.web.AllowedOrigins;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Refuses cross-site requests that a browser sends with this site's cookies. The origin
 * of a request, as far as the browser sends it, must be Kennel's own, that of
 * {@code kennel.web.base-url} or one of {@code kennel.web.cors.allowed-origins}. The
 * request must also require a CORS preflight across sites: it has a JSON body or a header
 * that no form can set. A request of a page of the same origin, by
 * {@code Sec-Fetch-Site}, needs neither. Clients other than browsers send no origin, and
 * only cookies of their own.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html">OWASP
 * Cross-Site Request Forgery Prevention Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
final class CsrfPolicy {

	private static final String SAME_ORIGIN = "same-origin";

	/** The accepted values of {@code Sec-Fetch-Site}; {@code none} is a typed URL. */
	private static final Set<String> OWN_SITES = Set.of(SAME_ORIGIN, "none");

	/**
	 * Headers that GraphQL clients set on requests without a JSON body, to require a
	 * preflight.
	 */
	private static final List<String> PREFLIGHT_HEADERS = List.of("Apollo-Require-Preflight", "X-Apollo-Operation-Name",
			"GraphQL-Require-Preflight");

	private final Set<String> frontends;

	/**
	 * Creates the check.
	 * @param frontends the trusted origins beside the service's own
	 */
	CsrfPolicy(List<String> frontends) {
		this.frontends = Set.copyOf(frontends);
	}

	/**
	 * A request to the GraphQL endpoint.
	 *
	 * @param method its method
	 * @param query the query component of its URL, or null
	 * @param headers returns the value of a header, or null if it is absent
	 */
	record Request(String method, @Nullable String query, Function<String, @Nullable String> headers) {

		@Nullable String header(String name) {
			return this.headers.apply(name);
		}

		/** Other methods are refused, or receive the list of allowed methods. */
		private boolean mayExecuteOperation() {
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
	 * @return the reason of the refusal, or null if the request is accepted
	 */
	@Nullable String refusal(Request request) {
		if (!request.mayExecuteOperation()) {
			return null;
		}
		String origin = request.header(HttpHeaders.ORIGIN);
		String site = request.header("Sec-Fetch-Site");
		boolean own = (site == null || OWN_SITES.contains(site))
				&& (origin == null || AllowedOrigins.isOfHost(origin, request.header(HttpHeaders.HOST)));
		if (!own && (origin == null || !this.frontends.contains(origin))) {
			return "The request comes from another site (see kennel.web.cors.allowed-origins).";
		}
		// Browsers send no preflight before a WebSocket handshake, but always the origin.
		boolean browserWebSocket = request.isWebSocket() && origin != null;
		if (!SAME_ORIGIN.equals(site) && !browserWebSocket
				&& !ContentType.isJson(request.header(HttpHeaders.CONTENT_TYPE))
				&& PREFLIGHT_HEADERS.stream().noneMatch((name) -> request.header(name) != null)) {
			return "Send a body with the content type application/json, or the header Apollo-Require-Preflight.";
		}
		return null;
	}

}
