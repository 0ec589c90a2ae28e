package dev.kennel.server;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
 * Whether the first line and the headers of a request are HTTP: what two programs may
 * understand differently is refused.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3">RFC 9112, section 3</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-3.3">RFC 3986, section
 * 3.3</a>
 */
final class RequestLine {

	/** A URL has at most so many characters. */
	static final int MAX_TARGET = 8192;

	private static final int OK = 0;

	/** What may stand in a path beside letters and digits. */
	private static final String OF_PATHS = "-._~!$&'()*+,=:@/%";

	/** What may stand in a query beside letters and digits. */
	private static final String OF_QUERIES = OF_PATHS + ";?|^`\"";

	/** A URL of HTTP, as clients send it to proxies: its scheme, its host, the rest. */
	private static final Pattern ABSOLUTE = Pattern.compile("(https?)://([^/?#]+)([^#]*)", Pattern.CASE_INSENSITIVE);

	/** A name or an address, and a port that is a number. */
	private static final Pattern HOST = Pattern
		.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~%!$&'()*+;=-]*)(:\\d{0,4}|:[1-5]\\d{4}|:6[0-4]\\d{3}|:65[0-4]\\d{2}|"
				+ ":655[0-2]\\d|:6553[0-5])?");

	/** Of two values, one would be checked and the other be meant. */
	private static final List<AsciiString> SINGLE = List.of(HttpHeaderNames.ORIGIN,
			AsciiString.cached("sec-fetch-site"));

	private RequestLine() {
	}

	/** Why the codec could not read a request. No client can send these targets. */
	enum Refusal {

		/** It is no HTTP. */
		BAD_REQUEST(400),

		/** The first line is too long. */
		URI_TOO_LONG(414),

		/** The headers are too large. */
		HEADERS_TOO_LARGE(431),

		/** The body is in a coding that is not known. */
		CODING_NOT_IMPLEMENTED(501),

		/** It is another HTTP. */
		VERSION_NOT_SUPPORTED(505);

		private final int status;

		Refusal(int status) {
			this.status = status;
		}

		int status() {
			return this.status;
		}

		/** Has a character that the codec lets nobody send. */
		String target() {
			return "\u0000" + name();
		}

	}

	/**
	 * Checks what Reactor Netty would refuse with an empty response or read otherwise
	 * than a proxy may, and gives the request the form that the others have: the target
	 * is a path, and the version one that there is.
	 * @param request the request of HTTP/1, as the codec has read it
	 * @param scheme the scheme of the connection
	 * @return why it is refused, or null if it is not
	 */
	static @Nullable Refusal normalize(HttpRequest request, String scheme) {
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
		if (!codings.stream().allMatch("chunked"::equalsIgnoreCase)) {
			return Refusal.CODING_NOT_IMPLEMENTED;
		}
		if (failure != null) {
			return Refusal.BAD_REQUEST;
		}
		if (version.majorVersion() != 1) {
			return Refusal.VERSION_NOT_SUPPORTED;
		}
		if (version.text().length() != HttpVersion.HTTP_1_1.text().length() || codings.size() > 1
				|| (codings.size() == 1 && version.minorVersion() == 0) || !hasValidHosts(headers)
				|| !hasPath(request, scheme)) {
			return Refusal.BAD_REQUEST;
		}
		if (version.minorVersion() > 1) {
			request.setProtocolVersion(HttpVersion.HTTP_1_1);
		}
		return null;
	}

	/**
	 * Splits a target in absolute form, whose host replaces the one of the header.
	 * @return false if it is a URL of another scheme than the connection's, or of no host
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2">RFC 9112,
	 * section 3.2.2</a>
	 */
	private static boolean hasPath(HttpRequest request, String scheme) {
		if (request.uri().startsWith("/") || !request.uri().contains("://")) {
			return true;
		}
		Matcher url = ABSOLUTE.matcher(request.uri());
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
	 * Looks at a request.
	 * @return the status that it is refused with, or 0 if it is as it should be
	 */
	static int check(HttpMethod method, String target, HttpVersion version, HttpHeaders headers, int maxHeaderSize) {
		if (!target.isEmpty() && target.charAt(0) == '\u0000') {
			return Refusal.valueOf(target.substring(1)).status();
		}
		if (target.length() > MAX_TARGET) {
			return Refusal.URI_TOO_LONG.status();
		}
		if (target.length() + size(headers) > maxHeaderSize) {
			return Refusal.HEADERS_TOO_LARGE.status();
		}
		if (!isTarget(method, target) || !hasOneHost(version, headers)
				|| SINGLE.stream().anyMatch((name) -> headers.getAll(name).size() > 1)) {
			return Refusal.BAD_REQUEST.status();
		}
		String expectation = headers.get(HttpHeaderNames.EXPECT);
		if (expectation != null && !"100-continue".equalsIgnoreCase(expectation)) {
			return 417;
		}
		return OK;
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
	 * Checks the hosts of a request. An empty port, which Reactor Netty does not know, is
	 * removed.
	 * @return whether each is a host with or without a port
	 */
	private static boolean hasValidHosts(HttpHeaders headers) {
		List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
		if (!hosts.stream().allMatch((host) -> HOST.matcher(host).matches())) {
			return false;
		}
		if (hosts.stream().anyMatch((host) -> host.endsWith(":"))) {
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

	private static boolean isTarget(HttpMethod method, String target) {
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
			boolean known = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
					|| ((i < end) ? OF_PATHS : OF_QUERIES).indexOf(c) >= 0;
			if (!known || (i < end && c == '%' && !isEncoded(target, i, end))) {
				return false;
			}
		}
		return !target.startsWith("//") && target.lastIndexOf("//", end - 1) < 0 && !hasDots(target, end);
	}

	private static boolean isEncoded(String target, int percent, int end) {
		return percent + 2 < end && Character.digit(target.charAt(percent + 1), 16) >= 0
				&& Character.digit(target.charAt(percent + 2), 16) >= 0;
	}

	/** Whether a segment of the path is one or two dots. */
	private static boolean hasDots(String target, int end) {
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
