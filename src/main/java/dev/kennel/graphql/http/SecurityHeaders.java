package dev.kennel.graphql.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The headers that tell browsers what an answer is not to be used for.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html">OWASP
 * HTTP Headers Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy</a>
 */
final class SecurityHeaders {

	/** An answer of the API is data: if it is shown as a page, it can do nothing. */
	private static final String CSP_OF_DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	/**
	 * Pages are made of files of their own host. GraphiQL's fonts and cursors are in its
	 * style sheet; and while one of its dialogs is open, it has one style in the page,
	 * which keeps the page behind from being scrolled.
	 */
	private static final String CSP_OF_PAGES = "default-src 'none'; script-src 'self'; style-src 'self' "
			+ "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='; font-src 'self' data:; img-src 'self' data:; "
			+ "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	/** Nothing of a browser's that needs a permission is used. */
	private static final String NO_PERMISSIONS = "camera=(), display-capture=(), fullscreen=(self), geolocation=(), "
			+ "microphone=(), payment=(), usb=()";

	private static final String A_YEAR_OF_TLS = "max-age=31536000; includeSubDomains";

	private SecurityHeaders() {
	}

	static void add(HttpServletRequest request, HttpServletResponse response) {
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("X-Frame-Options", "DENY");
		response.setHeader("Referrer-Policy", "no-referrer");
		response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
		response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
		response.setHeader("Permissions-Policy", NO_PERMISSIONS);
		response.setHeader("Content-Security-Policy", isData(request) ? CSP_OF_DATA : CSP_OF_PAGES);
		if (request.isSecure()) {
			response.setHeader("Strict-Transport-Security", A_YEAR_OF_TLS);
		}
	}

	private static boolean isData(HttpServletRequest request) {
		String path = request.getRequestURI();
		// Without one, the request was not understood.
		return path == null || path.startsWith(HttpConfiguration.PATH, request.getContextPath().length());
	}

}
