package dev.kennel.server;

import java.util.Set;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Tells browsers which origins' pages may read responses. It refuses nothing: the browser
 * keeps the response from a page of another origin, and does not send what it has to ask
 * for first.
 *
 * @param path where it holds: this path and those below it
 * @param origins the origins that may, as browsers name them
 * @param credentials whether browsers are to send their cookies
 * @param exposedHeaders the headers that pages may read beside those that they always may
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">Fetch, CORS
 * protocol</a>
 */
public record CorsPolicy(String path, Set<String> origins, boolean credentials, String exposedHeaders) {

	private static final String ONE_HOUR = "3600";

	public CorsPolicy {
		origins = Set.copyOf(origins);
	}

	/** Whether it has anything to say of a path; null stands for an unknown one. */
	boolean covers(@Nullable String requestPath) {
		return !this.origins.isEmpty() && (requestPath == null || (requestPath.startsWith(this.path)
				&& (requestPath.length() == this.path.length() || requestPath.charAt(this.path.length()) == '/')));
	}

	/** Adds what every response has. */
	void apply(HttpHeaders request, HttpHeaders response) {
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

	/** Whether a browser asks what a page may do. */
	static boolean isPreflight(String method, HttpHeaders request) {
		return "OPTIONS".equals(method) && request.contains(HttpHeaderNames.ORIGIN)
				&& request.contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
	}

	/** Adds what the response to a preflight has beside {@link #apply}. */
	void applyPreflight(HttpHeaders request, HttpHeaders response) {
		response.remove("Access-Control-Expose-Headers");
		if (allowedOrigin(request) == null) {
			return;
		}
		response.set("Access-Control-Allow-Methods", "GET, HEAD, POST");
		response.set("Access-Control-Max-Age", ONE_HOUR);
		String headers = request.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS);
		if (headers != null) {
			// None of them permits more than the origin is permitted already.
			response.set("Access-Control-Allow-Headers", headers);
			response.add("Vary", "Access-Control-Request-Headers");
		}
	}

}
