package dev.kennel.graphql.http;

import java.io.IOException;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.MDC;

/**
 * The first filter that sees a request: gives it, its answer and the lines of the log its
 * id.
 */
class EdgeFilter implements Filter {

	/** The server reads twice as much, so that there is somebody to say so. */
	private static final int MAX_URL_LENGTH = 8192;

	private final UnevaluatedForwardingWarning forwarding = new UnevaluatedForwardingWarning();

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (!(request instanceof HttpServletRequest httpRequest)
				|| !(response instanceof HttpServletResponse httpResponse)) {
			throw new ServletException("Not HTTP");
		}
		String id = RequestIds.of(request);
		httpResponse.setHeader(RequestIds.HEADER, id);
		MDC.put(RequestIds.KEY, id);
		try {
			this.forwarding.check(httpRequest);
			if (isTooLong(httpRequest)) {
				httpResponse.sendError(HttpServletResponse.SC_REQUEST_URI_TOO_LONG);
				return;
			}
			chain.doFilter(request, response);
		}
		finally {
			MDC.remove(RequestIds.KEY);
		}
	}

	private static boolean isTooLong(HttpServletRequest request) {
		String query = request.getQueryString();
		return request.getRequestURI().length() + ((query != null) ? query.length() : 0) > MAX_URL_LENGTH;
	}

}
