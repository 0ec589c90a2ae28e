package dev.kennel.graphql.http;

import java.io.IOException;
import java.io.UncheckedIOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Says which methods a page takes. All of them take GET, and with it HEAD and OPTIONS,
 * which Spring does not always mention.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.2.1">RFC 9110, section
 * 10.2.1</a>
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class AllowedMethods implements HandlerExceptionResolver {

	static final String OF_PAGES = "GET, HEAD, OPTIONS";

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (!(ex instanceof HttpRequestMethodNotSupportedException)) {
			return null;
		}
		response.setHeader(HttpHeaders.ALLOW, OF_PAGES);
		try {
			response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
		}
		catch (IOException failure) {
			throw new UncheckedIOException(failure);
		}
		return new ModelAndView();
	}

}
