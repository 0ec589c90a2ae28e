package dev.kennel.server.header;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * Validates and normalizes the request line and the headers. Rejects requests that two
 * HTTP implementations may interpret differently.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3">RFC 9112, section 3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-3.3">RFC 3986, section
 * 3.3</a>
 */
public final class HttpRequestValidator {

	/** The maximum length of a request target. */
	private static final int MAX_TARGET = 8192;

	private static final int OK = 0;

	/** The characters allowed in a path besides letters and digits. */
	private static final String PATH_CHARACTERS = "-._~!$&'()*+,=:@/%";

	/** The characters allowed in a query besides letters and digits. */
	private static final String QUERY_CHARACTERS = PATH_CHARACTERS + ";?|^`\"";

	/**
	 * A target in absolute form, as clients send it to proxies: scheme, authority, path
	 * and query.
	 */
	private static final Pattern ABSOLUTE_FORM = Pattern.compile("(https?)://([^/?#]+)([^#]*)",
			Pattern.CASE_INSENSITIVE);

	/** A host name or address with an optional port. */
	private static final Pattern HOST = Pattern
		.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~%!$&'()*+;=-]*)(:\\d{0,4}|:[1-5]\\d{4}|:6[0-4]\\d{3}|:65[0-4]\\d{2}|"
				+ ":655[0-2]\\d|:6553[0-5])?");

	/** The host of nearly all requests, so that it is matched once. */
	private static volatile String lastHost = "";

	/**
	 * Headers that must not be repeated: one value would be checked and the other one
	 * used.
	 */
	private static final List<AsciiString> SINGLE_VALUE_HEADERS = List.of(HttpHeaderNames.ORIGIN,
			AsciiString.cached("sec-fetch-site"));

	private HttpRequestValidator() {
	}

	/** The reason for rejecting a request before dispatch. */
	public enum Refusal {

		/** The request is not valid HTTP. */
		BAD_REQUEST(400),

		/** The request line is too long. */
		URI_TOO_LONG(414),

		/** The headers are too large. */
		HEADERS_TOO_LARGE(431),

		/** The transfer coding is not supported. */
		CODING_NOT_IMPLEMENTED(501),

		/** The major version is not supported. */
		VERSION_NOT_SUPPORTED(505);

		private final int status;

		Refusal(int status) {
			this.status = status;
		}

		int status() {
			return this.status;
		}

		/**
		 * Creates a placeholder for the refused request, so that its error response is
		 * sent like others. Its target starts with NUL, which the codec rejects in
		 * requests.
		 * @param refused the refused request
		 * @return a request for which {@link HttpRequestValidator#check} returns the
		 * status
		 */
		public HttpRequest placeholder(HttpRequest refused) {
			HttpRequest placeholder = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "\u0000" + name());
			String origin = refused.headers().get(HttpHeaderNames.ORIGIN);
			if (origin != null) {
				placeholder.headers().set(HttpHeaderNames.ORIGIN, origin);
			}
			placeholder.headers().set(HttpHeaderNames.CONNECTION, "close");
			return placeholder;
		}

	}

	/**
	 * Rejects requests to which Reactor Netty would send an empty response, or which it
	 * may interpret differently from a proxy. Normalizes the target to a path, and the
	 * version to a supported one.
	 * @param request the decoded HTTP/1 request
	 * @param scheme the scheme of the connection
	 * @return the reason for rejection, or null if the request is valid
	 */
	public static @Nullable Refusal normalize(HttpRequest request, String scheme) {
		HttpVersion version = request.protocolVersion();
		HttpHeaders headers = request.headers();
		Throwable failure = request.decoderResult().cause();
		if (failure instanceof TooLongHttpLineException) {
			return Refusal.URI_TOO_LONG;
		}
		if (failure instanceof TooLongHttpHeaderException) {
			return Refusal.HEADERS_TOO_LARGE;
		}
		List<String> codings = HeaderList.elements(headers.getAll(HttpHeaderNames.TRANSFER_ENCODING));
		if (!HeaderList.areAll(codings, "chunked")) {
			return Refusal.CODING_NOT_IMPLEMENTED;
		}
		if (failure != null) {
			return Refusal.BAD_REQUEST;
		}
		if (version.majorVersion() != 1) {
			return Refusal.VERSION_NOT_SUPPORTED;
		}
		if (version.text().length() != HttpVersion.HTTP_1_1.text().length() || codings.size() > 1
				|| (codings.size() == 1 && version.minorVersion() == 0) || !normalizeHosts(headers)
				|| !normalizeTarget(request, scheme)) {
			return Refusal.BAD_REQUEST;
		}
		if (version.minorVersion() > 1) {
			request.setProtocolVersion(HttpVersion.HTTP_1_1);
		}
		return null;
	}

	/**
	 * Converts a target in absolute form to a path. Its host replaces the {@code Host}
	 * header.
	 * @return false if the scheme differs from the connection's, or the host is invalid
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2">RFC 9112,
	 * section 3.2.2</a>
	 */
	private static boolean normalizeTarget(HttpRequest request, String scheme) {
		if (request.uri().startsWith("/") || !request.uri().contains("://")) {
			return true;
		}
		Matcher url = ABSOLUTE_FORM.matcher(request.uri());
		if (!url.matches() || !url.group(1).equalsIgnoreCase(scheme) || url.group(2).startsWith(":")
				|| !HOST.matcher(url.group(2)).matches() || !hasOneHost(request.protocolVersion(), request.headers())) {
			return false;
		}
		String path = url.group(3);
		if (path.isEmpty() && HttpMethod.OPTIONS.equals(request.method())) {
			request.setUri("*");
		}
		else {
			request.setUri(path.startsWith("/") ? path : "/" + path);
		}
		request.headers().set(HttpHeaderNames.HOST, url.group(2));
		return true;
	}

	/**
	 * Validates a request.
	 * @param method the method
	 * @param target the target, or that of a placeholder
	 * @param version the version of HTTP
	 * @param headers the headers
	 * @param maxHeaderSize the maximum size of target and headers, in bytes
	 * @return the error status, or 0 if the request is valid
	 */
	public static int check(HttpMethod method, String target, HttpVersion version, HttpHeaders headers,
			int maxHeaderSize) {
		if (!target.isEmpty() && target.charAt(0) == '\u0000') {
			return Refusal.valueOf(target.substring(1)).status();
		}
		if (target.length() > MAX_TARGET) {
			return Refusal.URI_TOO_LONG.status();
		}
		if (target.length() + size(headers) > maxHeaderSize) {
			return Refusal.HEADERS_TOO_LARGE.status();
		}
		if (!isValidTarget(method, target) || !hasOneHost(version, headers) || hasRepeatedHeader(headers)) {
			return Refusal.BAD_REQUEST.status();
		}
		String expectation = headers.get(HttpHeaderNames.EXPECT);
		if (expectation != null && !"100-continue".equalsIgnoreCase(expectation)) {
			return 417;
		}
		return OK;
	}

	private static boolean hasRepeatedHeader(HttpHeaders headers) {
		for (AsciiString name : SINGLE_VALUE_HEADERS) {
			// Most are absent, and getAll allocates a list even then.
			if (headers.contains(name) && headers.getAll(name).size() > 1) {
				return true;
			}
		}
		return false;
	}

	private static int size(HttpHeaders headers) {
		int size = 0;
		for (var iterator = headers.iteratorCharSequence(); iterator.hasNext();) {
			var header = iterator.next();
			size += header.getKey().length() + header.getValue().length() + 4;
		}
		return size;
	}

	/**
	 * Validates the {@code Host} headers. Removes an empty port, which Reactor Netty
	 * can't parse.
	 * @return whether each value is a host with an optional port
	 */
	private static boolean normalizeHosts(HttpHeaders headers) {
		List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
		boolean emptyPort = false;
		for (String host : hosts) {
			if (!host.equals(lastHost)) {
				if (!HOST.matcher(host).matches()) {
					return false;
				}
				lastHost = host;
			}
			emptyPort |= host.endsWith(":");
		}
		if (emptyPort) {
			headers.set(HttpHeaderNames.HOST,
					hosts.stream()
						.map((host) -> host.endsWith(":") ? host.substring(0, host.length() - 1) : host)
						.toList());
		}
		return true;
	}

	private static boolean hasOneHost(HttpVersion version, HttpHeaders headers) {
		int hosts = headers.getAll(HttpHeaderNames.HOST).size();
		return hosts == 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_0)) || version.majorVersion() == 2;
	}

	private static boolean isValidTarget(HttpMethod method, String target) {
		if (target.equals("*")) {
			return method.equals(HttpMethod.OPTIONS);
		}
		if (target.isEmpty() || target.charAt(0) != '/') {
			return false;
		}
		int query = target.indexOf('?');
		int end = (query < 0) ? target.length() : query;
		for (int i = 0; i < target.length(); i++) {
			char c = target.charAt(i);
			boolean allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
					|| ((i < end) ? PATH_CHARACTERS : QUERY_CHARACTERS).indexOf(c) >= 0;
			if (!allowed || (i < end && c == '%' && !isPercentEncoded(target, i, end))) {
				return false;
			}
		}
		return !target.startsWith("//") && target.lastIndexOf("//", end - 1) < 0 && !hasDotSegment(target, end);
	}

	private static boolean isPercentEncoded(String target, int percent, int end) {
		return percent + 2 < end && Character.digit(target.charAt(percent + 1), 16) >= 0
				&& Character.digit(target.charAt(percent + 2), 16) >= 0;
	}

	/** Returns whether the path has a dot segment. */
	private static boolean hasDotSegment(String target, int end) {
		for (int dot = target.indexOf("/."); dot >= 0 && dot < end; dot = target.indexOf("/.", dot + 1)) {
			int next = dot + 2;
			if (next < end && target.charAt(next) == '.') {
				next++;
			}
			if (next == end || target.charAt(next) == '/') {
				return true;
			}
		}
		return false;
	}

}
