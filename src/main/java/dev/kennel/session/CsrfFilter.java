package dev.kennel.session;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses what {@link CsrfCheck} finds. */
class CsrfFilter extends OncePerRequestFilter {

	private static final Logger logger = LoggerFactory.getLogger(CsrfFilter.class);

	/** Where operations are run. */
	private static final String PATH = "/graphql";

	private final CsrfCheck check;

	private final JsonMapper json = new JsonMapper();

	CsrfFilter(CsrfCheck check) {
		this.check = check;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		// As the server has understood it: a path has many spellings.
		return !request.getServletPath().equals(PATH);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String refusal = this.check
			.refusal(new CsrfCheck.Request(request.getMethod(), request.getQueryString(), request::getHeader));
		if (refusal == null) {
			chain.doFilter(request, response);
			return;
		}
		logger.info("A request that may be forged is refused: {}", refusal);
		byte[] body = this.json.writeValueAsBytes(
				Map.of("errors", List.of(ApiError.ofRequest(ErrorCode.FORBIDDEN, refusal).toSpecification())));
		response.setStatus(HttpServletResponse.SC_FORBIDDEN);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setContentType("application/json;charset=utf-8");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

}
