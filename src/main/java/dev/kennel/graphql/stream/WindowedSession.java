package dev.kennel.graphql.stream;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * A WebSocket that knows which operations run on it, and tells the subscriptions when
 * their events have been sent.
 *
 * <p>
 * It writes on threads of its own. Whoever sends may be interrupted at any moment, by
 * Reactor when a subscription ends, and an interrupted write would cut the whole
 * connection off in the midst of a message.
 */
class WindowedSession extends WebSocketSessionDecorator {

	private static final Logger logger = LoggerFactory.getLogger(WindowedSession.class);

	private static final JsonMapper JSON = new JsonMapper();

	private static final String NEXT = "\"type\":\"next\"}";

	private static final String COMPLETE = "\"type\":\"complete\"}";

	private static final String ERROR = "\"type\":\"error\"}";

	/** The operations, by how a message of theirs begins. */
	private final Set<String> operations = ConcurrentHashMap.newKeySet();

	/** The subscriptions, by how a message of theirs begins. */
	private final Map<String, SendWindow> windows = new ConcurrentHashMap<>();

	private final ReentrantLock sending = new ReentrantLock();

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile @Nullable CloseStatus closeStatus;

	WindowedSession(WebSocketSession session) {
		super(session);
	}

	/**
	 * Begins an operation.
	 * @param id its id
	 * @return whether there is no other one of this id
	 */
	boolean begin(String id) {
		return this.operations.add(beginning(id));
	}

	/** Forgets an operation that the client does not want any longer. */
	void end(String id) {
		this.operations.remove(beginning(id));
	}

	/**
	 * Limits how many events of a subscription wait for being sent.
	 * @param id the subscription's id
	 * @param events its events
	 * @return the events
	 */
	SendWindow open(String id, Publisher<?> events) {
		SendWindow window = new SendWindow(events);
		this.windows.put(beginning(id), window);
		return window;
	}

	void close(String id, SendWindow window) {
		this.windows.remove(beginning(id), window);
	}

	int size() {
		return this.windows.size();
	}

	private static String beginning(String id) {
		return "{\"id\":" + JSON.writeValueAsString(id) + ",";
	}

	@Override
	public void sendMessage(WebSocketMessage<?> message) throws IOException {
		this.sending.lock();
		try {
			if (this.closeStatus == null) {
				String payload = (message instanceof TextMessage text) ? text.getPayload() : "";
				if (payload.endsWith(COMPLETE) || payload.endsWith(ERROR)) {
					// Before the client knows that it may use the id again.
					this.operations.removeIf(payload::startsWith);
				}
				uninterrupted(() -> getDelegate().sendMessage(message));
				if (payload.endsWith(NEXT)) {
					tellWindow(payload);
				}
			}
		}
		catch (IOException | IllegalStateException ex) {
			// It has gone, or takes nothing for too long: what else is to be sent has
			// nowhere to go.
			logger.debug("A client of a WebSocket is gone", ex);
			this.closeStatus = CloseStatus.SESSION_NOT_RELIABLE;
		}
		finally {
			this.sending.unlock();
		}
		CloseStatus status = this.closeStatus;
		if (status != null) {
			closeOnce(status);
		}
	}

	private void tellWindow(String payload) {
		this.windows.forEach((beginning, window) -> {
			if (payload.startsWith(beginning)) {
				window.sent();
			}
		});
	}

	/**
	 * Closes the WebSocket once the message that is just being sent has been: in the
	 * midst of it, the client could not be told why.
	 */
	@Override
	public void close(CloseStatus status) throws IOException {
		CloseStatus first = this.closeStatus;
		if (first == null) {
			this.closeStatus = status;
		}
		if (this.sending.tryLock()) {
			try {
				closeOnce((first != null) ? first : status);
			}
			finally {
				this.sending.unlock();
			}
		}
	}

	/**
	 * Returns whether the WebSocket is closed, or about to be: nothing is run any more.
	 */
	boolean isClosing() {
		return this.closeStatus != null;
	}

	/** Closes the WebSocket, whatever becomes of that. */
	void closeQuietly(CloseStatus status) {
		try {
			close(status);
		}
		catch (IOException ex) {
			logger.debug("A WebSocket could not be closed", ex);
		}
	}

	private void closeOnce(CloseStatus status) throws IOException {
		if (this.closed.compareAndSet(false, true)) {
			uninterrupted(() -> getDelegate().close(status));
		}
	}

	/** Waits for a write, and is interrupted only then. */
	private static void uninterrupted(Write write) throws IOException {
		FutureTask<@Nullable Void> task = new FutureTask<>(() -> {
			write.run();
			return null;
		});
		Thread.ofVirtual().name("websocket-write").start(task);
		boolean interrupted = false;
		try {
			while (true) {
				try {
					task.get();
					return;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
		}
		catch (ExecutionException ex) {
			switch (ex.getCause()) {
				case IOException failure -> throw failure;
				case RuntimeException failure -> throw failure;
				case null, default -> throw new IllegalStateException(ex);
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Something that is written to the connection. */
	@FunctionalInterface
	private interface Write {

		void run() throws IOException;

	}

}
