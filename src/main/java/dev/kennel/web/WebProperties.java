package dev.kennel.web;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the public URL and cross-origin access.
 *
 * @param baseUrl the base URL of links in mails: a frontend, or Kennel itself, which
 * serves a page for each link
 * @param cors the origins with access to the API
 */
@Validated
@ConfigurationProperties("kennel.web")
public record WebProperties(@DefaultValue("http://localhost:8080") URI baseUrl, @DefaultValue @Valid Cors cors) {

	@AssertTrue(message = "kennel.web.base-url has to be an http or https URL without query and fragment")
	boolean isBaseUrlUsable() {
		return this.baseUrl.getHost() != null && this.baseUrl.getRawQuery() == null
				&& this.baseUrl.getRawFragment() == null
				&& ("http".equals(this.baseUrl.getScheme()) || "https".equals(this.baseUrl.getScheme()));
	}

	/**
	 * Returns the URL of a page.
	 * @param path the path, with a leading slash
	 * @return the URL
	 */
	public String page(String path) {
		String base = this.baseUrl.toString();
		return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
	}

	/**
	 * Returns the origin of the base URL, in the serialization of browsers.
	 * @return the scheme, host, and port unless it is the scheme's default
	 * @see <a href="https://www.rfc-editor.org/rfc/rfc6454#section-6.2">RFC 6454, section
	 * 6.2</a>
	 */
	public String origin() {
		int port = this.baseUrl.getPort();
		boolean standard = port == -1 || port == ("https".equals(this.baseUrl.getScheme()) ? 443 : 80);
		return this.baseUrl.getScheme() + "://" + this.baseUrl.getHost().toLowerCase(Locale.ROOT)
				+ (standard ? "" : ":" + port);
	}

	/**
	 * Returns the origins that are trusted like the service's own, for WebSocket
	 * handshakes and CSRF checks.
	 * @return the origin of the base URL, and the allowed origins
	 */
	public List<String> trustedOrigins() {
		return Stream.concat(Stream.of(origin()), this.cors.allowedOrigins().stream()).distinct().toList();
	}

	/**
	 * Returns whether the service is reachable on this machine only, which needs no TLS.
	 * @return whether the base URL is plain HTTP on localhost
	 */
	public boolean isPlainLocalhost() {
		String host = this.baseUrl.getHost();
		return "http".equals(this.baseUrl.getScheme())
				&& ("localhost".equals(host) || "127.0.0.1".equals(host) || "[::1]".equals(host));
	}

	/**
	 * Settings of cross-origin access.
	 *
	 * @param allowedOrigins the origins, in addition to Kennel's own, that may send
	 * requests, read responses and open WebSockets, such as
	 * {@code https://app.example.com}
	 */
	public record Cors(@DefaultValue List<String> allowedOrigins) {

		public Cors {
			allowedOrigins = List.copyOf(allowedOrigins);
		}

		@AssertTrue(message = "kennel.web.cors.allowed-origins takes origins as browsers name them: "
				+ "https://app.example.com, in lower case, with no path and without the scheme's own port; no patterns")
		boolean isAllowedOriginsUsable() {
			return this.allowedOrigins.stream().allMatch(Cors::isOrigin);
		}

		private static boolean isOrigin(String text) {
			try {
				URI uri = URI.create(text);
				return text.equals(text.toLowerCase(Locale.ROOT)) && uri.getHost() != null
						&& text.equals(new WebProperties(uri, new Cors(List.of())).origin())
						&& ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
			}
			catch (IllegalArgumentException ex) {
				return false;
			}
		}

	}

}
