package dev.kennel.server.header;

import java.util.Set;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The CORS policy: sets the response headers that allow cross-origin reads. It rejects no
 * request: the browser withholds the response from pages of other origins, and does not
 * send requests whose preflight fails. Spring's {@code CorsWebFilter} needs WebFlux, of
 * which nothing else is used.
 *
 * @param path the path that the policy applies to, with all paths below it
 * @param origins the allowed origins, as serialized by browsers
 * @param credentials whether requests may include cookies
 * @param exposedHeaders the response headers that pages may read in addition to the
 * safelisted ones
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">Fetch, CORS
 * protocol</a>
 */
public record CorsPolicy(String path, Set<String> origins, boolean credentials, String exposedHeaders) {

	private static final String ONE_HOUR = "3600";

	public CorsPolicy {
		origins = Set.copyOf(origins);
	}

	/**
	 * Returns whether the policy applies to a path.
	 * @param requestPath the path, or null for an unknown path
	 * @return whether it does
	 */
	public boolean covers(@Nullable String requestPath) {
		return !this.origins.isEmpty() && (requestPath == null || (requestPath.startsWith(this.path)
				&& (requestPath.length() == this.path.length() || requestPath.charAt(this.path.length()) == '/')));
	}

	/**
	 * Adds the headers of every response.
	 * @param request the headers of the request
	 * @param response the headers of the response
	 */
	public void apply(HttpHeaders request, HttpHeaders response) {
		response.add("Vary", "Origin");
		String origin = allowedOrigin(request);
		if (origin != null) {
			response.set("Access-Control-Allow-Origin", origin);
			if (this.credentials) {
				response.set("Access-Control-Allow-Credentials", "true");
			}
			response.set("Access-Control-Expose-Headers", this.exposedHeaders);
		}
	}

	private @Nullable String allowedOrigin(HttpHeaders request) {
		String origin = request.get(HttpHeaderNames.ORIGIN);
		return (origin != null && this.origins.contains(origin)) ? origin : null;
	}

	/**
	 * Returns whether a request is a CORS preflight.
	 * @param method the HTTP method
	 * @param request the headers of the request
	 * @return whether it is
	 */
	public static boolean isPreflight(String method, HttpHeaders request) {
		return "OPTIONS".equals(method) && request.contains(HttpHeaderNames.ORIGIN)
				&& request.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
	}

	/**
	 * Adds the headers of a preflight response, after {@link #apply}.
	 * @param request the headers of the request
	 * @param response the headers of the response
	 */
	public void applyPreflight(HttpHeaders request, HttpHeaders response) {
		response.remove("Access-Control-Expose-Headers");
		if (allowedOrigin(request) == null) {
			return;
		}
		response.set("Access-Control-Allow-Methods", "GET, HEAD, POST");
		response.set("Access-Control-Max-Age", ONE_HOUR);
		String headers = request.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
		if (headers != null) {
			// No header grants more than the allowed origin already has.
			response.set("Access-Control-Allow-Headers", headers);
			response.add("Vary", "Access-Control-Request-Headers");
		}
	}

}
