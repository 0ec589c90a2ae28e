package dev.kennel.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.sun.net.httpserver.HttpServer;

/**
 * A receiver of traces by OTLP over HTTP, on the loopback interface.
 *
 * @see <a href=
 * "https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto">OTLP,
 * traces</a>
 */
public final class TraceReceiver implements AutoCloseable {

	/** Longer than any step of a passing test takes. */
	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final HttpServer server;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition received = this.lock.newCondition();

	/** Guarded by the lock. */
	private final List<Span> spans = new ArrayList<>();

	/** Guarded by the lock. */
	private Map<String, String> resource = Map.of();

	/** Starts a receiver. */
	public TraceReceiver() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/v1/traces", (exchange) -> {
			add(exchange.getRequestBody().readAllBytes());
			exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
			exchange.sendResponseHeaders(200, -1);
			exchange.close();
		});
		this.server.start();
	}

	/**
	 * Returns the address that traces are sent to.
	 * @return the URL
	 */
	public String url() {
		return "http://localhost:" + this.server.getAddress().getPort() + "/v1/traces";
	}

	/**
	 * Waits for the span whose parent is that of a client, which ends last.
	 * @param parentId the id of the client's span
	 * @param name the name of the awaited span
	 * @return all spans of its trace that were received until then, in the order in which
	 * they began
	 */
	public List<Span> await(String parentId, String name) {
		this.lock.lock();
		try {
			long nanos = TIMEOUT.toNanos();
			while (true) {
				for (Span span : this.spans) {
					if (span.parentId().equals(parentId) && span.name().equals(name)) {
						return trace(span.traceId());
					}
				}
				if (nanos <= 0) {
					throw new AssertionError("No " + name + " of " + parentId + " among " + this.spans);
				}
				nanos = this.received.awaitNanos(nanos);
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the spans of a trace.
	 * @param traceId the id of the trace
	 * @return those that were received, in the order in which they began
	 */
	public List<Span> trace(String traceId) {
		this.lock.lock();
		try {
			return this.spans.stream()
				.filter((span) -> span.traceId().equals(traceId))
				.sorted(Comparator.comparingLong(Span::start))
				.toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the attributes of the process that has sent spans.
	 * @return its attributes, none before the first span
	 */
	public Map<String, String> resource() {
		this.lock.lock();
		try {
			return this.resource;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the number of spans of all traces.
	 * @return the number of those that were received
	 */
	public int count() {
		this.lock.lock();
		try {
			return this.spans.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Draws the spans below a parent as a tree.
	 * @param spans the spans of one trace
	 * @param parentId the id of the parent
	 * @return a line for each span, indented by two spaces for each level
	 */
	public static List<String> tree(List<Span> spans, String parentId) {
		List<String> lines = new ArrayList<>();
		for (Span span : spans) {
			if (span.parentId().equals(parentId)) {
				lines.add(span.name());
				tree(spans, span.id()).forEach((line) -> lines.add("  " + line));
			}
		}
		return lines;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private void add(byte[] request) {
		this.lock.lock();
		try {
			for (ByteBuffer ofResource : new Message(ByteBuffer.wrap(request)).messages(1)) {
				Message sent = new Message(ofResource);
				this.resource = Span.attributes(new Message(sent.messages(1).getFirst()).messages(1));
				for (ByteBuffer scope : sent.messages(2)) {
					new Message(scope).messages(2).forEach((span) -> this.spans.add(Span.of(new Message(span))));
				}
			}
			this.received.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * A span.
	 *
	 * @param traceId the id of its trace, in hexadecimal
	 * @param id its id, in hexadecimal
	 * @param parentId the id of its parent, empty if it has none
	 * @param traceState what other systems have added to its trace
	 * @param name its name
	 * @param kind 1: internal, 2: server, 3: client
	 * @param start when it began, in nanoseconds since 1970
	 * @param end when it ended
	 * @param attributes its attributes: texts, numbers as texts, and lists in brackets
	 * @param status 0: unset, 1: ok, 2: error
	 * @param statusMessage the description of the status
	 * @param events the number of its events
	 */
	public record Span(String traceId, String id, String parentId, String traceState, String name, long kind,
			long start, long end, Map<String, String> attributes, long status, String statusMessage, int events) {

		private static Span of(Message span) {
			Message status = span.messages(15).isEmpty() ? new Message(ByteBuffer.allocate(0))
					: new Message(span.messages(15).getFirst());
			return new Span(span.hex(1), span.hex(2), span.hex(4), span.text(3), span.text(5), span.number(6),
					span.number(7), span.number(8), attributes(span.messages(9)), status.number(3), status.text(2),
					span.messages(11).size());
		}

		private static Map<String, String> attributes(List<ByteBuffer> keyValues) {
			Map<String, String> attributes = new TreeMap<>();
			for (ByteBuffer attribute : keyValues) {
				Message keyValue = new Message(attribute);
				attributes.put(keyValue.text(1), value(new Message(keyValue.messages(2).getFirst())));
			}
			return attributes;
		}

		private static String value(Message value) {
			if (!value.messages(1).isEmpty()) {
				return value.text(1);
			}
			if (!value.messages(5).isEmpty()) {
				return new Message(value.messages(5).getFirst()).messages(1)
					.stream()
					.map((element) -> value(new Message(element)))
					.toList()
					.toString();
			}
			return Long.toString(value.number(3));
		}

	}

	/**
	 * A message of Protocol Buffers.
	 *
	 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
	 */
	private static final class Message {

		private final Map<Integer, List<ByteBuffer>> messages = new TreeMap<>();

		private final Map<Integer, Long> numbers = new TreeMap<>();

		Message(ByteBuffer source) {
			ByteBuffer bytes = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
			while (bytes.hasRemaining()) {
				long tag = varint(bytes);
				int field = (int) (tag >>> 3);
				switch ((int) (tag & 7)) {
					case 0 -> this.numbers.put(field, varint(bytes));
					case 1 -> this.numbers.put(field, bytes.getLong());
					case 2 -> {
						int length = (int) varint(bytes);
						this.messages.computeIfAbsent(field, (absent) -> new ArrayList<>())
							.add(bytes.slice(bytes.position(), length));
						bytes.position(bytes.position() + length);
					}
					case 5 -> this.numbers.put(field, (long) bytes.getInt());
					default -> throw new IllegalStateException("Not a message of OTLP");
				}
			}
		}

		private static long varint(ByteBuffer bytes) {
			long value = 0;
			for (int shift = 0;; shift += 7) {
				byte next = bytes.get();
				value |= (next & 0x7FL) << shift;
				if (next >= 0) {
					return value;
				}
			}
		}

		List<ByteBuffer> messages(int field) {
			return this.messages.getOrDefault(field, List.of());
		}

		long number(int field) {
			return this.numbers.getOrDefault(field, 0L);
		}

		private byte[] bytes(int field) {
			List<ByteBuffer> values = messages(field);
			byte[] bytes = new byte[values.isEmpty() ? 0 : values.getFirst().remaining()];
			if (!values.isEmpty()) {
				values.getFirst().duplicate().get(bytes);
			}
			return bytes;
		}

		String text(int field) {
			return new String(bytes(field), StandardCharsets.UTF_8);
		}

		String hex(int field) {
			return HexFormat.of().formatHex(bytes(field));
		}

	}

}
