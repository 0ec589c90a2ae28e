package dev.kennel.graphql.http;

import java.io.IOException;
import java.util.Set;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * Tells browsers whose pages may read what Kennel answers. It refuses nothing: of a page
 * that may not, the browser keeps the answer, and does not send what it has to ask for
 * first.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">Fetch, CORS
 * protocol</a>
 */
class CrossOriginFilter implements Filter {

	private static final String EXPOSED = String.join(", ", RequestIds.HEADER, HttpHeaders.ETAG,
			HttpHeaders.RETRY_AFTER, "RateLimit", "RateLimit-Policy");

	private static final String AN_HOUR = "3600";

	private final Set<String> origins;

	private final boolean credentials;

	/**
	 * Makes the filter.
	 * @param origins whose pages may
	 * @param credentials whether browsers are to send their cookies
	 */
	CrossOriginFilter(Set<String> origins, boolean credentials) {
		this.origins = origins;
		this.credentials = credentials;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!(request instanceof HttpServletRequest httpRequest
				&& response instanceof HttpServletResponse httpResponse)) {
			throw new ServletException("Not HTTP");
		}
		String origin = httpRequest.getHeader(HttpHeaders.ORIGIN);
		boolean allowed = origin != null && this.origins.contains(origin);
		httpResponse.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
		if (allowed) {
			httpResponse.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
			if (this.credentials) {
				httpResponse.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
			}
		}
		if (isPreflight(httpRequest, origin)) {
			answerPreflight(httpRequest, httpResponse, allowed);
			return;
		}
		if (allowed) {
			httpResponse.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
		}
		chain.doFilter(request, response);
	}

	private static boolean isPreflight(HttpServletRequest request, @Nullable String origin) {
		return origin != null && "OPTIONS".equals(request.getMethod())
				&& request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null;
	}

	private static void answerPreflight(HttpServletRequest request, HttpServletResponse response, boolean allowed) {
		response.setStatus(HttpServletResponse.SC_NO_CONTENT);
		if (!allowed) {
			return;
		}
		response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST");
		response.setHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, AN_HOUR);
		String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
		if (headers != null) {
			// None of them gives more than the origin has been given already.
			response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers);
			response.addHeader(HttpHeaders.VARY, HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
		}
	}

}
