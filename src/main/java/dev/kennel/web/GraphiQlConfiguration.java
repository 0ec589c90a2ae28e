package dev.kennel.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Serves GraphiQL. If it is disabled, none of its paths exists. No other file of the
 * class path is served.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GraphiQlProperties.class)
class GraphiQlConfiguration {

	private static final List<String> FILES = List.of("page.js", "page.css", "session.js", "fetcher.js", "transport.js",
			"examples.js", "kennel.svg");

	/** Cached, and revalidated on each use. */
	private static final Map<String, String> REVALIDATED = Map.of(HttpHeaders.CACHE_CONTROL, "no-cache");

	/** Three megabytes that never change: their paths contain the versions. */
	private static final Map<String, String> IMMUTABLE = Map.of(HttpHeaders.CACHE_CONTROL,
			"max-age=31536000, public, immutable");

	/**
	 * GraphiQL loads files of its own host only. Its fonts and cursors are data URLs in
	 * its style sheet. While one of its dialogs is open, an inline style locks the
	 * scrolling of the page.
	 */
	private static final String CSP = "default-src 'none'; script-src 'self'; style-src 'self' "
			+ "'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='; font-src 'self' data:; img-src 'self' data:; "
			+ "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private static final Map<String, String> PAGE_HEADERS = Map.of(HttpHeaders.CACHE_CONTROL, "no-cache",
			"Content-Security-Policy", CSP);

	private static final String APP_LINK = "href=\"app/\"";

	private static final String LIBRARIES = "/_static/";

	private final Map<String, StaticFile> libraries = new ConcurrentHashMap<>();

	@Bean
	RouteTable graphiQlRoutes(GraphiQlProperties properties, WebAppProperties app) {
		if (!properties.enabled()) {
			return new RouteTable(List.of());
		}
		Stream<Route> files = FILES.stream()
			.map((name) -> Route.get("/" + name, StaticFile.of("graphiql/" + name, REVALIDATED)));
		StaticFile page = page(app);
		return new RouteTable(Stream.concat(files, Stream.of(Route.get("/", page), Route.get("/index.html", page),
				// Spring Boot's default path of GraphiQL.
				Route.get("/graphiql", GraphiQlConfiguration::redirect),
				Route.get("/graphiql/", GraphiQlConfiguration::redirect),
				Route.get(LIBRARIES + "*", this::serveLibrary)))
			.toList());
	}

	/** Shows the link to the web app if one is configured. */
	private static StaticFile page(WebAppProperties app) {
		ClassPathResource file = new ClassPathResource("graphiql/index.html", StaticFile.class.getClassLoader());
		try {
			String html = file.getContentAsString(StandardCharsets.UTF_8);
			String rendered = app.isConfigured() ? html.replace(APP_LINK + " hidden", APP_LINK) : html;
			return StaticFile.of(rendered.getBytes(StandardCharsets.UTF_8), "index.html", PAGE_HEADERS);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void redirect(HttpExchange exchange) {
		exchange.setHeader(HttpHeaders.LOCATION, "/");
		exchange.respond(HttpStatus.FOUND.value());
	}

	/** Reads the file from its jar on the first request. */
	private void serveLibrary(HttpExchange exchange) {
		StaticFile cached = this.libraries.get(exchange.path());
		if (cached != null) {
			cached.handle(exchange);
			return;
		}
		exchange.run(() -> {
			StaticFile file = StaticFile.find("META-INF/resources" + exchange.path(), IMMUTABLE);
			if (file == null) {
				exchange.respondError(HttpStatus.NOT_FOUND.value());
				return;
			}
			this.libraries.put(exchange.path(), file);
			file.handle(exchange);
		});
	}

}
