package dev.kennel.account.link;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;
import dev.kennel.web.StaticFile;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;

/**
 * The routes of the built-in pages that links in mails open, unless a frontend has its
 * own.
 */
@Configuration(proxyBeanMethods = false)
class MailLinkPages {

	private static final List<String> PAGES = List.of("reset-password", "verify-email", "restore-email", "email-login");

	private static final List<String> FILES = List.of("mail-link.js", "mail-link.css");

	/**
	 * Forbid other sites to frame the page, and the page to load resources of other
	 * origins.
	 */
	private static final Map<String, String> HEADERS = Map.of(HttpHeaders.CACHE_CONTROL, "max-age=0, private",
			"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
					+ "form-action 'none'; frame-ancestors 'none'; base-uri 'none'");

	@Bean
	RouteTable mailLinkRoutes() {
		return new RouteTable(Stream
			.concat(PAGES.stream().map((name) -> Route.get("/" + name, file(name + ".html"))),
					FILES.stream().map((name) -> Route.get("/" + name, file(name))))
			.toList());
	}

	private static StaticFile file(String name) {
		return StaticFile.of("pages/" + name, HEADERS);
	}

}
