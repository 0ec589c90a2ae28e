package dev.kennel.server.header;

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
public final class SecurityHeaders {

	/**
	 * Data that can do nothing if it is rendered as a page. Pages replace it by their own
	 * policy.
	 */
	private static final String CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	/** Disables browser features that need a permission. */
	private static final String PERMISSIONS_POLICY = "camera=(), display-capture=(), fullscreen=(self), geolocation=(), "
			+ "microphone=(), payment=(), usb=()";

	/** Encoded once: encoding them for each response costs more than routing it. */
	private static final HttpHeaders HEADERS = headers();

	private static final AsciiString STRICT_TRANSPORT_SECURITY = AsciiString.cached("Strict-Transport-Security");

	private static final AsciiString ONE_YEAR = AsciiString.cached("max-age=31536000; includeSubDomains");

	private SecurityHeaders() {
	}

	private static HttpHeaders headers() {
		HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
		add(headers, "X-Content-Type-Options", "nosniff");
		add(headers, "X-Frame-Options", "DENY");
		add(headers, "Referrer-Policy", "no-referrer");
		add(headers, "Cross-Origin-Opener-Policy", "same-origin");
		add(headers, "Cross-Origin-Resource-Policy", "same-origin");
		add(headers, "Permissions-Policy", PERMISSIONS_POLICY);
		add(headers, "Content-Security-Policy", CSP);
		return headers;
	}

	private static void add(HttpHeaders headers, String name, String value) {
		headers.add(AsciiString.cached(name), AsciiString.cached(value));
	}

	/**
	 * Adds the headers to a response.
	 * @param secure whether the client uses TLS
	 * @param response the headers of the response
	 */
	public static void add(boolean secure, HttpHeaders response) {
		response.add(HEADERS);
		if (secure) {
			response.add(STRICT_TRANSPORT_SECURITY, ONE_YEAR);
		}
	}

}
