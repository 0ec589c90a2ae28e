package dev.kennel.graphql.http;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.tomcat.util.http.MimeHeaders;

/**
 * The headers that tell browsers what an answer is not to be used for.
 *
 * @see <a href=
 * "https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html">OWASP
 * HTTP Headers Cheat Sheet</a>
 * @see <a href="https://www.w3.org/TR/CSP3/">Content Security Policy</a>
 */
final class SecurityHeaders {

	private static final String CSP = "Content-Security-Policy";

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

	private static final List<Header> OF_ALL = List.of(Header.of("X-Content-Type-Options", "nosniff"),
			Header.of("X-Frame-Options", "DENY"), Header.of("Referrer-Policy", "no-referrer"),
			Header.of("Cross-Origin-Opener-Policy", "same-origin"),
			Header.of("Cross-Origin-Resource-Policy", "same-origin"), Header.of("Permissions-Policy", NO_PERMISSIONS));

	private static final Header OF_DATA = Header.of(CSP, CSP_OF_DATA);

	private static final Header OF_PAGES = Header.of(CSP, CSP_OF_PAGES);

	private static final Header A_YEAR_OF_TLS = Header.of("Strict-Transport-Security",
			"max-age=31536000; includeSubDomains");

	private SecurityHeaders() {
	}

	/**
	 * Adds them to an answer that has none of them, be it new or taken back; another one
	 * stays as it is.
	 * @param request the request
	 * @param response the answer
	 */
	static void add(Request request, Response response) {
		if (response.containsHeader(CSP)) {
			return;
		}
		MimeHeaders headers = response.getCoyoteResponse().getMimeHeaders();
		for (Header header : OF_ALL) {
			header.addTo(headers);
		}
		(isData(request) ? OF_DATA : OF_PAGES).addTo(headers);
		if (request.isSecure()) {
			A_YEAR_OF_TLS.addTo(headers);
		}
	}

	private static boolean isData(Request request) {
		String path = request.getRequestURI();
		// Without one, the request was not understood.
		return path == null || path.startsWith(HttpConfiguration.PATH, request.getContextPath().length());
	}

	/**
	 * Encoded once: to encode them for each answer took a twentieth of the time of a
	 * small one. Each answer has a copy, since what Tomcat is given is its own.
	 */
	private static final class Header {

		private final byte[] name;

		private final byte[] value;

		private Header(byte[] name, byte[] value) {
			this.name = name;
			this.value = value;
		}

		static Header of(String name, String value) {
			return new Header(name.getBytes(StandardCharsets.ISO_8859_1), value.getBytes(StandardCharsets.ISO_8859_1));
		}

		void addTo(MimeHeaders headers) {
			headers.addValue(this.name.clone(), 0, this.name.length).setBytes(this.value.clone(), 0, this.value.length);
		}

	}

}
