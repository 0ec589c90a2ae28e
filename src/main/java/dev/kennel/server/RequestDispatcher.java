package dev.kennel.server;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

import dev.kennel.server.header.CorsPolicy;
import dev.kennel.server.header.HttpDate;
import dev.kennel.server.header.HttpRequestValidator;
import dev.kennel.server.header.SecurityHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Dispatches requests: adds the common response headers, rejects malformed requests,
 * applies CORS and filters, and calls the handler of the route.
 */
final class RequestDispatcher implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

	private final Map<String, Route> routes = new HashMap<>();

	private final List<Route> prefixes;

	private final List<RequestFilter> filters;

	private final CorsPolicy cors;

	private final int maxHeaderSize;

	private final ServerResources resources;

	private final HttpDate date = new HttpDate();

	RequestDispatcher(List<Route> routes, List<RequestFilter> filters, CorsPolicy cors, int maxHeaderSize,
			ServerResources resources) {
		routes.stream().filter((route) -> !route.isPrefix()).forEach((route) -> this.routes.put(route.path(), route));
		this.prefixes = routes.stream().filter(Route::isPrefix).toList();
		this.filters = List.copyOf(filters);
		this.cors = cors;
		this.maxHeaderSize = maxHeaderSize;
		this.resources = resources;
	}

	@Override
	public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
		HttpExchange exchange = new HttpExchange(request, response, this.resources);
		return exchange.response(() -> dispatch(exchange));
	}

	private void dispatch(HttpExchange exchange) {
		HttpHeaders requestHeaders = exchange.request().requestHeaders();
		HttpHeaders headers = exchange.response().responseHeaders();
		String path = exchange.path();
		exchange.setHeader(HttpExchange.REQUEST_ID, exchange.requestId());
		headers.set(HttpHeaderNames.DATE, this.date.now());
		int fault = HttpRequestValidator.check(exchange.request().method(), exchange.request().uri(),
				exchange.request().version(), requestHeaders, this.maxHeaderSize);
		SecurityHeaders.add(exchange.isSecure(), headers);
		boolean crossOrigin = this.cors.covers((fault == 0) ? path : null);
		if (crossOrigin) {
			this.cors.apply(requestHeaders, headers);
		}
		if (fault != 0) {
			exchange.setHeader("Connection", "close");
			exchange.respondError(fault);
		}
		else if (crossOrigin && CorsPolicy.isPreflight(exchange.method(), requestHeaders)) {
			this.cors.applyPreflight(requestHeaders, headers);
			exchange.respond(204);
		}
		else {
			route(exchange, path);
		}
	}

	private void route(HttpExchange exchange, String path) {
		for (RequestFilter filter : this.filters) {
			if (filter.rejects(exchange)) {
				return;
			}
		}
		Route route = find(path);
		if (route == null) {
			exchange.respondError(404);
		}
		else if (route.allows(exchange.method())) {
			exchange.begin(route);
			route.handler().handle(exchange);
		}
		else {
			exchange.setRoute(route);
			exchange.setHeader("Allow", route.allow());
			if ("OPTIONS".equals(exchange.method())) {
				exchange.respond(204);
			}
			else {
				exchange.respondError(405);
			}
		}
	}

	private @Nullable Route find(String path) {
		Route route = this.routes.get(path);
		if (route != null) {
			return route;
		}
		for (Route prefix : this.prefixes) {
			if (path.startsWith(prefix.prefix())) {
				return prefix;
			}
		}
		return null;
	}

}
