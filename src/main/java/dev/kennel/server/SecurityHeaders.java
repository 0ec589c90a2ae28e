package dev.kennel.server;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/**
 * The headers that tell browsers what a response is not to be used for.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html">OWASP
 * HTTP Headers Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy</a>
 */
final class SecurityHeaders {

	/** The API's responses are data: shown as a page, they can do nothing. */
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

	/** Where responses are data. */
	private static final String DATA = "/graphql";

	private static final HttpHeaders OF_DATA = headers(CSP_OF_DATA);

	private static final HttpHeaders OF_PAGES = headers(CSP_OF_PAGES);

	private static final AsciiString STRICT_TRANSPORT_SECURITY = AsciiString.cached("Strict-Transport-Security");

	private static final AsciiString ONE_YEAR = AsciiString.cached("max-age=31536000; includeSubDomains");

	private SecurityHeaders() {
	}

	/** Encoded once: to encode them for each response costs more than to route it. */
	private static HttpHeaders headers(String csp) {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
		add(headers, "X-Content-Type-Options", "nosniff");
		add(headers, "X-Frame-Options", "DENY");
		add(headers, "Referrer-Policy", "no-referrer");
		add(headers, "Cross-Origin-Opener-Policy", "same-origin");
		add(headers, "Cross-Origin-Resource-Policy", "same-origin");
		add(headers, "Permissions-Policy", NO_PERMISSIONS);
		add(headers, "Content-Security-Policy", csp);
		return headers;
	}

	private static void add(HttpHeaders headers, String name, String value) {
		headers.add(AsciiString.cached(name), AsciiString.cached(value));
	}

	/**
	 * Adds them to a response.
	 * @param path the path that is asked for
	 * @param secure whether the client uses TLS
	 * @param response the headers of the response
	 */
	static void add(String path, boolean secure, HttpHeaders response) {
		response.add(path.startsWith(DATA) ? OF_DATA : OF_PAGES);
		if (secure) {
			response.add(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
		}
	}

}
