package dev.kennel.graphql.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.Route;
import dev.kennel.server.Routes;
import dev.kennel.server.StaticFile;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Serves GraphiQL, unless it is switched off: then none of its paths exists. No other
 * file of the class path has a path.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(GraphiQlProperties.class)
class GraphiQlConfiguration {

	private static final List<String> FILES = List.of("page.js", "page.css", "session.js", "fetcher.js", "transport.js",
			"examples.js", "kennel.svg");

	/** Kept, and asked for each time whether it is still the same. */
	private static final Map<String, String> ASKED_FOR = Map.of(HttpHeaders.CACHE_CONTROL, "no-cache");

	/** Three megabytes that never change: their paths have the versions in them. */
	private static final Map<String, String> KEPT = Map.of(HttpHeaders.CACHE_CONTROL,
			"max-age=31536000, public, immutable");

	private static final String APP_LINK = "href=\"app/\"";

	private static final String LIBRARIES = "/_static/";

	private final Map<String, StaticFile> libraries = new ConcurrentHashMap<>();

	/** The routes of the page and its files. */
	@Bean
	Routes graphiQlRoutes(GraphiQlProperties properties, WebAppProperties app) {
		if (!properties.enabled()) {
			return new Routes(List.of());
		}
		Stream<Route> files = FILES.stream()
			.map((name) -> Route.get("/" + name, StaticFile.of("graphiql/" + name, ASKED_FOR)));
		StaticFile page = page(app);
		return new Routes(Stream.concat(files, Stream.of(Route.get("/", page), Route.get("/index.html", page),
				// Where Spring Boot has it, and people look for it.
				Route.get("/graphiql", GraphiQlConfiguration::redirect),
				Route.get("/graphiql/", GraphiQlConfiguration::redirect),
				Route.get(LIBRARIES + "*", this::serveLibrary)))
			.toList());
	}

	/** Where there is a web app, its link is shown. */
	private static StaticFile page(WebAppProperties app) {
		ClassPathResource file = new ClassPathResource("graphiql/index.html", StaticFile.class.getClassLoader());
		try {
			String html = file.getContentAsString(StandardCharsets.UTF_8);
			String shown = app.isConfigured() ? html.replace(APP_LINK + " hidden", APP_LINK) : html;
			return StaticFile.of(shown.getBytes(StandardCharsets.UTF_8), "index.html", ASKED_FOR);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void redirect(HttpExchange exchange) {
		exchange.setHeader(HttpHeaders.LOCATION, "/");
		exchange.respond(HttpStatus.FOUND.value());
	}

	/** Read from its jar when it is asked for first. */
	private void serveLibrary(HttpExchange exchange) {
		StaticFile known = this.libraries.get(exchange.path());
		if (known != null) {
			known.handle(exchange);
			return;
		}
		exchange.run(() -> {
			StaticFile file = StaticFile.find("META-INF/resources" + exchange.path(), KEPT);
			if (file == null) {
				exchange.refuse(HttpStatus.NOT_FOUND.value());
				return;
			}
			this.libraries.put(exchange.path(), file);
			file.handle(exchange);
		});
	}

}
