package dev.kennel.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A client of a subscription, over a WebSocket or server-sent events. It queues what it
 * receives, in order: the results, and finally how the connection was closed.
 */
public final class LiveClient implements AutoCloseable {

	private static final JsonMapper JSON = new JsonMapper();

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	/** Longer than any step of a passing test takes. */
	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

	private final CompletableFuture<String> acknowledgement = new CompletableFuture<>();

	private final Runnable closer;

	private @Nullable WebSocket webSocket;

	/** Whether messages are requested by {@link #read} only. */
	private final boolean lazy;

	private LiveClient(Runnable closer, boolean lazy) {
		this.closer = closer;
		this.lazy = lazy;
	}

	/**
	 * An event that was received.
	 *
	 * @param type {@code next}, {@code error}, {@code complete}, {@code heartbeat}, or
	 * {@code closed}
	 * @param json its payload
	 * @param message the whole message of a WebSocket
	 */
	public record Event(String type, JsonNode json, String message) {

		Event(String type, JsonNode json) {
			this(type, json, "");
		}

	}

	/**
	 * Subscribes over a WebSocket.
	 * @param api the client whose token is sent
	 * @param document the subscription
	 * @param variables its variables
	 * @return the client
	 */
	public static LiveClient webSocket(Api api, String document, Map<String, ?> variables) {
		LiveClient client = connect(api, Map.of(), false);
		client.init(Map.of("Authorization", "Bearer " + api.token()));
		client.subscribe("1", document, variables);
		return client;
	}

	/**
	 * Opens a WebSocket without sending a message.
	 * @param api the client of the service
	 * @param headers headers of the handshake
	 * @param lazy whether nothing is read until {@link #read} is called
	 * @return the client
	 */
	public static LiveClient connect(Api api, Map<String, String> headers, boolean lazy) {
		return connect(api, headers, lazy, "graphql-transport-ws");
	}

	/**
	 * Opens a WebSocket of any subprotocol without sending a message.
	 * @param api the client of the service
	 * @param headers headers of the handshake
	 * @param lazy whether nothing is read until {@link #read} is called
	 * @param protocol the subprotocol, or null for none
	 * @return the client
	 */
	public static LiveClient connect(Api api, Map<String, String> headers, boolean lazy, @Nullable String protocol) {
		LiveClient client = new LiveClient(() -> {
		}, lazy);
		WebSocket.Builder builder = HTTP.newWebSocketBuilder();
		if (protocol != null) {
			builder.subprotocols(protocol);
		}
		headers.forEach(builder::header);
		client.webSocket = builder
			.buildAsync(URI.create(api.uri("/graphql").toString().replaceFirst("^http", "ws")), client.new Listener())
			.join();
		return client;
	}

	/**
	 * Sends {@code connection_init}.
	 * @param payload its payload
	 */
	public void init(Map<String, ?> payload) {
		send(Map.of("type", "connection_init", "payload", payload));
	}

	/**
	 * Subscribes on the WebSocket.
	 * @param id the operation's id
	 * @param document the operation
	 * @param variables its variables
	 */
	public void subscribe(String id, String document, Map<String, ?> variables) {
		send(Map.of("id", id, "type", "subscribe", "payload", Map.of("query", document, "variables", variables)));
	}

	/**
	 * Sends a message on the WebSocket.
	 * @param message the message
	 */
	public void send(Object message) {
		try {
			socket().sendText((message instanceof String text) ? text : JSON.writeValueAsString(message), true).join();
		}
		catch (CompletionException ex) {
			// The service may have closed the connection meanwhile; the next event has
			// the close code.
			if (!socket().isOutputClosed()) {
				throw ex;
			}
		}
	}

	/**
	 * Requests further messages of the WebSocket.
	 * @param count the number of messages
	 */
	public void read(long count) {
		socket().request(count);
	}

	private WebSocket socket() {
		if (this.webSocket == null) {
			throw new IllegalStateException("Not a WebSocket");
		}
		return this.webSocket;
	}

	/**
	 * Subscribes by server-sent events.
	 * @param api the client whose token is sent
	 * @param document the subscription
	 * @param variables its variables
	 * @return the client
	 */
	public static LiveClient events(Api api, String document, Map<String, ?> variables) {
		HttpRequest request = HttpRequest.newBuilder(api.uri("/graphql"))
			.header("Content-Type", "application/json")
			.header("Accept", "text/event-stream")
			.header("Authorization", "Bearer " + api.token())
			.POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(Map.of("query", document, "variables", variables))))
			.build();
		try {
			HttpResponse<InputStream> response = HTTP.send(request, BodyHandlers.ofInputStream());
			String contentType = response.headers().firstValue("Content-Type").orElse("");
			if (response.statusCode() != 200 || !"text/event-stream;charset=utf-8".equals(contentType)) {
				throw new AssertionError(response + " " + contentType);
			}
			LiveClient client = new LiveClient(() -> close(response.body()), false);
			Thread.ofVirtual().start(() -> client.readEvents(response.body()));
			return client;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static void close(InputStream body) {
		try {
			body.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void readEvents(InputStream body) {
		try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
			String type = "";
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.startsWith("event: ")) {
					type = line.substring("event: ".length());
				}
				else if (line.equals(":")) {
					this.events.add(new Event("heartbeat", JSON.nullNode()));
				}
				else if (line.startsWith("data:")) {
					String data = line.substring("data:".length()).strip();
					this.events.add(new Event(type, data.isEmpty() ? JSON.nullNode() : JSON.readTree(data)));
				}
			}
			closed(0, "");
		}
		catch (IOException ex) {
			closed(-1, String.valueOf(ex.getMessage()));
		}
	}

	private void closed(int code, String reason) {
		this.events.add(new Event("closed", JSON.createObjectNode().put("code", code).put("reason", reason)));
	}

	/**
	 * Waits for the acknowledgement of a WebSocket.
	 * @return the message
	 */
	public String acknowledgement() {
		return this.acknowledgement.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
	}

	/**
	 * Waits for the next event other than a heartbeat.
	 * @return the event
	 */
	public Event next() {
		long end = System.nanoTime() + TIMEOUT.toNanos();
		Event event = await();
		while (event.type().equals("heartbeat") || event.type().equals("ping")) {
			if (System.nanoTime() - end > 0) {
				throw new AssertionError("Nothing but heartbeats came");
			}
			event = await();
		}
		return event;
	}

	/**
	 * Waits for the next event, heartbeats included.
	 * @return the event
	 */
	public Event await() {
		try {
			Event event = this.events.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
			if (event == null) {
				throw new AssertionError("Nothing came");
			}
			return event;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Waits for results.
	 * @param count the number of results
	 * @param pointer the JSON pointer of a value in each result, from {@code data} on
	 * @return the values, as strings or JSON
	 */
	public List<String> next(int count, String pointer) {
		List<String> texts = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Event event = next();
			if (!event.type().equals("next") || event.json().has("errors")) {
				throw new AssertionError("After " + texts + ": " + event);
			}
			JsonNode value = event.json().at("/data" + pointer);
			texts.add(value.isString() ? value.asString() : value.toString());
		}
		return texts;
	}

	/**
	 * Waits until the connection is closed, and skips other events.
	 * @return how it was closed: for a WebSocket, {@code code} and {@code reason}
	 */
	public JsonNode end() {
		Event event = next();
		while (!event.type().equals("closed")) {
			event = next();
		}
		return event.json();
	}

	@Override
	public void close() {
		if (this.webSocket != null) {
			this.webSocket.abort();
		}
		this.closer.run();
	}

	private final class Listener implements WebSocket.Listener {

		private final StringBuilder text = new StringBuilder();

		@Override
		public void onOpen(WebSocket socket) {
			if (!LiveClient.this.lazy) {
				socket.request(1);
			}
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.text.append(data);
			if (last) {
				String all = this.text.toString();
				JsonNode message = JSON.readTree(all);
				this.text.setLength(0);
				String type = message.path("type").asString();
				if (type.equals("connection_ack")) {
					LiveClient.this.acknowledgement.complete(all);
				}
				else {
					LiveClient.this.events.add(new Event(type, message.path("payload"), all));
				}
			}
			if (!LiveClient.this.lazy || !last) {
				socket.request(1);
			}
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
			closed(statusCode, reason);
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			closed(-1, String.valueOf(error));
		}

	}

}
