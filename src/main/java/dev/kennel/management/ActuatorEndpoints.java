package dev.kennel.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.ManagementRouteTable;
import dev.kennel.server.RequestHandler;
import dev.kennel.server.Route;
import dev.kennel.server.StreamedResponse;
import dev.kennel.server.header.ContentCoding;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.ProducibleOperationArgumentResolver;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Serves the read operations of the exposed Actuator endpoints ({@code
 * management.endpoints.web.exposure.include}). Write operations are not served: no
 * request to the management port can change the service.
 *
 * @see <a href=
 * "https://docs.spring.io/spring-boot/reference/actuator/endpoints.html">Spring Boot,
 * endpoints</a>
 */
class ActuatorEndpoints implements RequestHandler {

	private static final String JSON = "application/json;charset=utf-8";

	private static final Duration MAX_WAIT = Duration.ofSeconds(10);

	/** An IP address, or a name without a dot, each with an optional port. */
	private static final Pattern LOCAL_HOST = Pattern.compile("(\\[.*]|[\\d.]+|[^.:]*)(:\\d*)?");

	/** A smaller body fits into one packet. */
	private static final int COMPRESS_FROM_BYTES = 1024;

	private static final int CHUNK_BYTES = 64 * 1024;

	private final String basePath;

	private final boolean localOnly;

	private final List<Endpoint> endpoints;

	private final JsonMapper json;

	/**
	 * Creates the handler.
	 * @param basePath the path of all endpoints
	 * @param localOnly whether the port is on the loopback interface. A host that a
	 * website could have resolved to it (DNS rebinding) is refused then, since the
	 * browser of a developer would let the website read the response
	 * @param supplier has the endpoints
	 * @param json writes the responses
	 */
	ActuatorEndpoints(String basePath, boolean localOnly, WebEndpointsSupplier supplier, JsonMapper json) {
		this.basePath = basePath;
		this.localOnly = localOnly;
		this.json = json;
		this.endpoints = supplier.getEndpoints()
			.stream()
			.flatMap((endpoint) -> endpoint.getOperations().stream())
			.filter((operation) -> operation.getType() == OperationType.READ)
			.map((operation) -> new Endpoint(
					PathPatternParser.defaultInstance.parse(basePath + "/" + operation.getRequestPredicate().getPath()),
					operation))
			.sorted(Comparator.comparing(Endpoint::pattern))
			.toList();
	}

	private record Endpoint(PathPattern pattern, WebOperation operation) {
	}

	/** Returns the routes below the base path, and the list of endpoints at it. */
	ManagementRouteTable routes() {
		return new ManagementRouteTable(List.of(Route.get(this.basePath, this), Route.get(this.basePath + "/*", this)));
	}

	@Override
	public void handle(HttpExchange exchange) {
		exchange.setHeader("Cache-Control", "no-store");
		String host = exchange.header("Host");
		if (this.localOnly && host != null && !LOCAL_HOST.matcher(host).matches()) {
			exchange.respondError(HttpStatus.FORBIDDEN.value());
			return;
		}
		if (exchange.path().equals(this.basePath)) {
			exchange.respond(HttpStatus.OK.value(), JSON, this.json.writeValueAsBytes(links()));
			return;
		}
		PathContainer path = PathContainer.parsePath(exchange.path());
		for (Endpoint endpoint : this.endpoints) {
			PathPattern.PathMatchInfo match = endpoint.pattern().matchAndExtract(path);
			if (match != null) {
				exchange.run(() -> read(exchange, endpoint.operation(), match.getUriVariables()));
				return;
			}
		}
		exchange.respondError(HttpStatus.NOT_FOUND.value());
	}

	private Map<String, Object> links() {
		Map<String, Object> links = new TreeMap<>();
		for (Endpoint endpoint : this.endpoints) {
			links.putIfAbsent(endpoint.operation().getId(), Map.of("href", endpoint.pattern().getPatternString()));
		}
		return Map.of("_links", links);
	}

	private void read(HttpExchange exchange, WebOperation operation, Map<String, String> variables) {
		List<MimeType> accepted = accepted(exchange);
		if (accepted == null || !isAcceptable(operation.getRequestPredicate().getProduces(), accepted)) {
			exchange.respondError(HttpStatus.NOT_ACCEPTABLE.value());
			return;
		}
		Map<String, Object> arguments = arguments(exchange, variables);
		String rest = operation.getRequestPredicate().getMatchAllRemainingPathSegmentsVariable();
		String[] segments = (rest != null) ? segments(variables.getOrDefault(rest, "")) : new String[0];
		if (rest != null) {
			arguments.put(rest, segments);
		}
		Object result;
		try {
			result = operation.invoke(new InvocationContext(SecurityContext.NONE, arguments,
					new ProducibleOperationArgumentResolver(() -> accepted.stream().map(MimeType::toString).toList())));
		}
		catch (InvalidEndpointRequestException ex) {
			exchange.respondError(HttpStatus.BAD_REQUEST.value());
			return;
		}
		catch (IllegalStateException ex) {
			if (segments.length < 2 || !operation.getId().startsWith("health")) {
				throw ex;
			}
			// Spring Boot asserts that each component of a health path but the last one
			// exists.
			exchange.respondError(HttpStatus.NOT_FOUND.value());
			return;
		}
		respond(exchange, (result instanceof Mono<?> mono) ? mono.block(MAX_WAIT) : result);
	}

	private static Map<String, Object> arguments(HttpExchange exchange, Map<String, String> variables) {
		Map<String, Object> arguments = new HashMap<>();
		String query = exchange.query();
		UriComponentsBuilder.newInstance()
			.query((query != null) ? query : "")
			.build()
			.getQueryParams()
			.forEach((name, values) -> arguments.put(decode(name), (values.size() == 1) ? decode(values.getFirst())
					: values.stream().map(ActuatorEndpoints::decode).toList()));
		arguments.putAll(variables);
		return arguments;
	}

	/** Returns the media types of {@code Accept}, or null if one is malformed. */
	private static @Nullable List<MimeType> accepted(HttpExchange exchange) {
		try {
			return exchange.headers("Accept")
				.stream()
				.flatMap((value) -> MimeTypeUtils.parseMimeTypes(value).stream())
				.toList();
		}
		catch (InvalidMimeTypeException ex) {
			return null;
		}
	}

	/**
	 * Compares as {@link ProducibleOperationArgumentResolver} does, which resolves to
	 * null what is not acceptable.
	 */
	private static boolean isAcceptable(Collection<String> produced, List<MimeType> accepted) {
		return produced.isEmpty() || accepted.isEmpty()
				|| produced.stream()
					.map(MimeType::valueOf)
					.anyMatch((type) -> accepted.stream().anyMatch((one) -> one.isCompatibleWith(type)));
	}

	/**
	 * Returns a text that is not well-formed as it is: it is the value of no parameter.
	 */
	private static String decode(@Nullable String encoded) {
		try {
			return (encoded != null) ? UriUtils.decode(encoded, StandardCharsets.UTF_8) : "";
		}
		catch (IllegalArgumentException ex) {
			return encoded;
		}
	}

	private static String[] segments(String rest) {
		String path = rest.startsWith("/") ? rest.substring(1) : rest;
		return path.isEmpty() ? new String[0] : path.split("/");
	}

	private void respond(HttpExchange exchange, @Nullable Object result) {
		int status = HttpStatus.OK.value();
		Object body = result;
		MimeType type = null;
		if (result instanceof WebEndpointResponse<?> response) {
			status = response.getStatus();
			body = response.getBody();
			type = response.getContentType();
		}
		if (body == null) {
			exchange.respondError((result != null && status >= HttpStatus.BAD_REQUEST.value()) ? status
					: HttpStatus.NOT_FOUND.value());
			return;
		}
		if (body instanceof HealthDescriptor health && !Status.UP.equals(health.getStatus())
				&& !Status.UNKNOWN.equals(health.getStatus())) {
			status = HttpStatus.SERVICE_UNAVAILABLE.value();
		}
		String contentType = (type != null) ? type.toString() : JSON;
		switch (body) {
			case Resource resource ->
				stream(exchange, (type != null) ? contentType : MimeTypeUtils.APPLICATION_OCTET_STREAM_VALUE, resource);
			case byte[] bytes -> send(exchange, status, contentType, bytes);
			case String text -> send(exchange, status, contentType, text.getBytes(StandardCharsets.UTF_8));
			default -> send(exchange, status, contentType, this.json.writeValueAsBytes(body));
		}
	}

	private static void send(HttpExchange exchange, int status, String contentType, byte[] body) {
		if (body.length >= COMPRESS_FROM_BYTES) {
			exchange.setHeader("Vary", "Accept-Encoding");
			ContentCoding coding = ContentCoding.negotiate(exchange.headers("Accept-Encoding"));
			if (coding != null) {
				exchange.setHeader("Content-Encoding", coding.token());
				exchange.respond(status, contentType, coding.compress(body));
				return;
			}
		}
		exchange.respond(status, contentType, body);
	}

	/**
	 * Sends a resource of any size, such as a heap dump, which is deleted when it is
	 * closed.
	 */
	private static void stream(HttpExchange exchange, String contentType, Resource resource) {
		try (InputStream input = resource.getInputStream()) {
			if (!exchange.isStreamable()) {
				exchange.respondError(HttpStatus.HTTP_VERSION_NOT_SUPPORTED.value());
				return;
			}
			if ("HEAD".equals(exchange.method())) {
				exchange.setHeader("Content-Type", contentType);
				exchange.respondHead();
				return;
			}
			CompletableFuture<Void> closed = new CompletableFuture<>();
			StreamedResponse response = exchange.stream(contentType, () -> closed.complete(null));
			try {
				byte[] chunk = input.readNBytes(CHUNK_BYTES);
				while (chunk.length > 0 && !closed.isDone()) {
					CompletableFuture<Void> written = new CompletableFuture<>();
					response.write(chunk, () -> written.complete(null));
					CompletableFuture.anyOf(written, closed).join();
					chunk = input.readNBytes(CHUNK_BYTES);
				}
				response.end();
			}
			catch (IOException | RuntimeException | Error ex) {
				response.abort();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
