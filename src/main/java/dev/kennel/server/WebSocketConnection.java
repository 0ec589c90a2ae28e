package dev.kennel.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.kennel.server.connection.ConnectionHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.WebsocketServerSpec;
import reactor.netty.http.websocket.WebsocketInbound;
import reactor.netty.http.websocket.WebsocketOutbound;

/**
 * The server side of a WebSocket. Writes are non-blocking and may come from any thread,
 * in the order of the calls.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455, The WebSocket
 * Protocol</a>
 */
@SuppressWarnings("FutureReturnValueIgnored") // A failure closes the channel.
public final class WebSocketConnection {

	private static final Logger logger = LoggerFactory.getLogger(WebSocketConnection.class);

	/** The close code for a text message that is not UTF-8. */
	private static final int INVALID_PAYLOAD = 1007;

	private static final int MESSAGE_TOO_BIG = 1009;

	/** Netty's name of the frame decoder. */
	private static final String FRAME_DECODER = "wsdecoder";

	private final Channel channel;

	private final WebsocketOutbound outbound;

	private final AtomicBoolean closing = new AtomicBoolean();

	private @Nullable Subscription inbound;

	private WebSocketConnection(HttpExchange exchange, WebsocketOutbound outbound) {
		this.channel = exchange.channel();
		this.outbound = outbound;
	}

	static void open(HttpExchange exchange, @Nullable String subprotocol, int maxMessageSize, Duration sendTimeout,
			WebSocketHandler handler) {
		WebsocketServerSpec.Builder spec = WebsocketServerSpec.builder().maxFramePayloadLength(maxMessageSize);
		if (subprotocol != null) {
			spec.protocols(subprotocol);
			// Reactor Netty evaluates only the first of several header lines.
			exchange.request().requestHeaders().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol);
		}
		ConnectionHandler connection = ConnectionHandler.of(exchange.channel());
		if (connection != null) {
			connection.upgradeToWebSocket(sendTimeout);
		}
		exchange.response()
			.sendWebsocket((inbound, outbound) -> start(exchange, inbound, outbound, maxMessageSize, handler),
					spec.build())
			.subscribe(null, (failure) -> {
				logger.debug("A WebSocket could not be opened", failure);
				if (connection != null) {
					connection.abort();
				}
			});
		// Reactor Netty's decoder accepts reserved bits although no extension is
		// negotiated, and sends no close frame if the client's close code is invalid.
		ChannelPipeline pipeline = exchange.channel().pipeline();
		if (pipeline.get(FRAME_DECODER) != null) {
			pipeline.replace(FRAME_DECODER, FRAME_DECODER,
					new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
						.maxFramePayloadLength(maxMessageSize)
						.closeOnProtocolViolation(false)
						.build()));
		}
	}

	private static Publisher<Void> start(HttpExchange exchange, WebsocketInbound inbound, WebsocketOutbound outbound,
			int maxMessageSize, WebSocketHandler handler) {
		WebSocketConnection connection = new WebSocketConnection(exchange, outbound);
		WebSocketHandler.Listener listener = handler.onOpen(connection);
		inbound.aggregateFrames(maxMessageSize).receiveFrames().subscribe(connection.new InboundSubscriber(listener));
		// The WebSocket stays open until it is closed.
		return Mono.never();
	}

	/**
	 * Sends a message.
	 * @param text the message
	 * @param sent called once: with null when the message is written to the socket, or
	 * with the failure
	 */
	public void send(String text, Consumer<@Nullable Throwable> sent) {
		onLoop(() -> this.channel.writeAndFlush(new TextWebSocketFrame(text))
			.addListener((result) -> sent.accept(result.cause())));
	}

	/** Requests the client's next message. */
	public void requestNext() {
		onLoop(() -> {
			Subscription messages = this.inbound;
			if (messages != null) {
				messages.request(1);
			}
		});
	}

	/**
	 * Closes the WebSocket after pending messages. Idempotent.
	 * @param code the close code
	 * @param reason the reason, at most 123 bytes
	 */
	public void close(int code, String reason) {
		if (this.closing.compareAndSet(false, true)) {
			onLoop(() -> this.outbound.sendClose(code, reason)
				.subscribe(null, (failure) -> logger.debug("The client of a WebSocket has disconnected", failure)));
		}
	}

	/** Aborts the connection without sending pending messages. */
	public void abort() {
		this.closing.set(true);
		ConnectionHandler.abort(this.channel);
	}

	private void onLoop(Runnable task) {
		if (this.channel.eventLoop().inEventLoop()) {
			task.run();
			return;
		}
		try {
			this.channel.eventLoop().execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The server has stopped before a WebSocket has been closed", ex);
		}
	}

	/** Receives the client's frames. */
	private final class InboundSubscriber implements CoreSubscriber<WebSocketFrame> {

		private final WebSocketHandler.Listener listener;

		InboundSubscriber(WebSocketHandler.Listener listener) {
			this.listener = listener;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			WebSocketConnection.this.inbound = subscription;
			subscription.request(1);
		}

		@Override
		public void onNext(WebSocketFrame frame) {
			if (WebSocketConnection.this.closing.get()) {
				requestNext();
				return;
			}
			switch (frame) {
				case TextWebSocketFrame message -> {
					String text = text(message);
					if (text != null) {
						this.listener.onText(text);
					}
					else {
						close(INVALID_PAYLOAD, "Not UTF-8");
						requestNext();
					}
				}
				case BinaryWebSocketFrame message -> {
					this.listener.onBinary();
					requestNext();
				}
				default -> requestNext();
			}
		}

		private static @Nullable String text(TextWebSocketFrame message) {
			ByteBuffer bytes = message.content().nioBuffer();
			try {
				return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
			}
			catch (CharacterCodingException ex) {
				return null;
			}
		}

		@Override
		public void onError(Throwable failure) {
			if (failure instanceof TooLongFrameException) {
				close(MESSAGE_TOO_BIG, "The message is too large");
			}
			else {
				logger.debug("The client of a WebSocket has disconnected", failure);
			}
			end();
		}

		@Override
		public void onComplete() {
			end();
		}

		private void end() {
			WebSocketConnection.this.closing.set(true);
			this.listener.onClose();
		}

	}

}
