package dev.kennel.server;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/**
 * The security headers of responses, which restrict what browsers do with them.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html">OWASP
 * HTTP Headers Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy</a>
 */
final class SecurityHeaders {

	/** The policy of API responses: data that can do nothing if rendered as a page. */
	private static final String API_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	/**
	 * The policy of pages, which load files of their own host only. GraphiQL's fonts and
	 * cursors are data URLs in its style sheet. While one of its dialogs is open, an
	 * inline style locks the scrolling of the page.
	 */
	private static final String PAGE_CSP = "default-src 'none'; script-src 'self'; style-src 'self' "
			+ "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='; font-src 'self' data:; img-src 'self' data:; "
			+ "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	/** Disables browser features that need a permission. */
	private static final String PERMISSIONS_POLICY = "camera=(), display-capture=(), fullscreen=(self), geolocation=(), "
			+ "microphone=(), payment=(), usb=()";

	/** The path prefix of API responses. */
	private static final String API_PATH = "/graphql";

	private static final HttpHeaders API_HEADERS = headers(API_CSP);

	private static final HttpHeaders PAGE_HEADERS = headers(PAGE_CSP);

	private static final AsciiString STRICT_TRANSPORT_SECURITY = AsciiString.cached("Strict-Transport-Security");

	private static final AsciiString ONE_YEAR = AsciiString.cached("max-age=31536000; includeSubDomains");

	private SecurityHeaders() {
	}

	/** Encoded once: encoding them for each response costs more than routing it. */
	private static HttpHeaders headers(String csp) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
		add(headers, "X-Content-Type-Options", "nosniff");
		add(headers, "X-Frame-Options", "DENY");
		add(headers, "Referrer-Policy", "no-referrer");
		add(headers, "Cross-Origin-Opener-Policy", "same-origin");
		add(headers, "Cross-Origin-Resource-Policy", "same-origin");
		add(headers, "Permissions-Policy", PERMISSIONS_POLICY);
		add(headers, "Content-Security-Policy", csp);
		return headers;
	}

	private static void add(HttpHeaders headers, String name, String value) {
		headers.add(AsciiString.cached(name), AsciiString.cached(value));
	}

	/**
	 * Adds the headers to a response.
	 * @param path the requested path
	 * @param secure whether the client uses TLS
	 * @param response the headers of the response
	 */
	static void add(String path, boolean secure, HttpHeaders response) {
		response.add(path.startsWith(API_PATH) ? API_HEADERS : PAGE_HEADERS);
		if (secure) {
			response.add(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
		}
	}

}
