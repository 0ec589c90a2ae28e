package dev.kennel.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Serves a web app from a folder, if one is configured. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebAppProperties.class)
class WebAppConfiguration {

	@Bean
	RouteTable webAppRoutes(WebAppProperties properties) {
		if (!properties.isConfigured()) {
			return new RouteTable(List.of());
		}
		return RouteTable.of(Route.get("/app", WebAppConfiguration::redirect),
				Route.get(WebAppProperties.PATH + "*", read(properties.location())));
	}

	private static SinglePageApp read(String location) {
		try {
			return SinglePageApp.read(Path.of(location), WebAppProperties.PATH);
		}
		catch (InvalidPathException | IOException | UncheckedIOException ex) {
			throw new InvalidConfigurationPropertyValueException("kennel.web.app.location", location,
					"It takes the folder of a built web app, but " + ex.getMessage() + ".");
		}
	}

	private static void redirect(HttpExchange exchange) {
		exchange.setHeader(HttpHeaders.LOCATION, WebAppProperties.PATH);
		exchange.respond(HttpStatus.FOUND.value());
	}

}
