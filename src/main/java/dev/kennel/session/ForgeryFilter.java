package dev.kennel.session;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.http.WebProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses what another site can make a browser send with this one's cookies. A request
 * has to come from Kennel's own origin, from that of {@code kennel.web.base-url} or from
 * one of {@code kennel.web.cors.allowed-origins}, as far as the browser tells; and it has
 * to be one that a browser does not send elsewhere without asking first: with a body of
 * JSON, or with a header that no form can set; unless the browser says that it comes from
 * a page of this very origin. Programs that are no browsers tell nothing, and have no
 * cookies but their own.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html">OWASP
 * Cross-Site Request Forgery Prevention Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/fetch-metadata/">Fetch Metadata Request Headers</a>
 */
class ForgeryFilter extends OncePerRequestFilter {

	private static final Logger logger = LoggerFactory.getLogger(ForgeryFilter.class);

	/** Where cookies do anything. */
	private static final String PATH = "/graphql";

	private static final String SAME_ORIGIN = "same-origin";

	/** What browsers call the sites that a request may come from; none is a typed URL. */
	private static final Set<String> OWN_SITES = Set.of(SAME_ORIGIN, "none");

	/** Headers that clients of GraphQL set on requests without a body of JSON. */
	private static final List<String> PREFLIGHT_HEADERS = List.of("Apollo-Require-Preflight", "X-Apollo-Operation-Name",
			"GraphQL-Require-Preflight");

	private final Set<String> frontends;

	private final JsonMapper json = new JsonMapper();

	ForgeryFilter(WebProperties web) {
		this.frontends = Set.copyOf(web.trustedOrigins());
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		// As the server has understood it: a path has many spellings.
		return !request.getServletPath().startsWith(PATH);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		String fault = fault(request);
		if (fault == null) {
			chain.doFilter(request, response);
			return;
		}
		logger.info("A request that may be forged is refused: {}", fault);
		byte[] body = this.json.writeValueAsBytes(
				Map.of("errors", List.of(ApiError.ofRequest(ErrorCode.FORBIDDEN, fault).toSpecification())));
		response.setStatus(HttpServletResponse.SC_FORBIDDEN);
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setContentType("application/json;charset=utf-8");
		response.setContentLength(body.length);
		response.getOutputStream().write(body);
	}

	private @Nullable String fault(HttpServletRequest request) {
		String origin = request.getHeader(HttpHeaders.ORIGIN);
		String site = request.getHeader("Sec-Fetch-Site");
		boolean own = (site == null || OWN_SITES.contains(site)) && (origin == null || isThisHost(origin, request));
		if (!own && (origin == null || !this.frontends.contains(origin))) {
			return "The request comes from another site (see kennel.web.cors.allowed-origins).";
		}
		if (!SAME_ORIGIN.equals(site) && !isWebSocket(request) && !isJson(request)
				&& PREFLIGHT_HEADERS.stream().noneMatch((name) -> request.getHeader(name) != null)) {
			return "Send a body with the content type application/json, or the header Apollo-Require-Preflight.";
		}
		return null;
	}

	private static boolean isThisHost(String origin, HttpServletRequest request) {
		try {
			String authority = URI.create(origin).getRawAuthority();
			return authority != null && authority.equalsIgnoreCase(request.getHeader(HttpHeaders.HOST));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	/** Browsers do not ask before opening one, but they always tell the origin. */
	private static boolean isWebSocket(HttpServletRequest request) {
		return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
				&& request.getHeader(HttpHeaders.ORIGIN) != null;
	}

	private static boolean isJson(HttpServletRequest request) {
		String contentType = request.getContentType();
		return contentType != null
				&& contentType.strip().toLowerCase(Locale.ROOT).split("[;\\s]", 2)[0].equals("application/json");
	}

}
