package dev.kennel.graphql.stream;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/** A WebSocket that tells the subscriptions on it when their events have been sent. */
class WindowedSession extends WebSocketSessionDecorator {

	private static final JsonMapper JSON = new JsonMapper();

	/** By how a message of the subscription begins. */
	private final Map<String, SendWindow> windows = new ConcurrentHashMap<>();

	private final ReentrantLock sending = new ReentrantLock();

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile @Nullable CloseStatus closeStatus;

	WindowedSession(WebSocketSession session) {
		super(session);
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
				super.sendMessage(message);
				tellWindow(message);
			}
		}
		finally {
			this.sending.unlock();
		}
		CloseStatus status = this.closeStatus;
		if (status != null) {
			closeOnce(status);
		}
	}

	private void tellWindow(WebSocketMessage<?> message) {
		if (message instanceof TextMessage text) {
			this.windows.forEach((beginning, window) -> {
				if (text.getPayload().startsWith(beginning)) {
					window.sent();
				}
			});
		}
	}

	/**
	 * Closes the WebSocket once the message that is just being sent has been: in the
	 * midst of it, the client could not be told why.
	 */
	@Override
	public void close(CloseStatus status) throws IOException {
		this.closeStatus = status;
		if (this.sending.tryLock()) {
			try {
				closeOnce(status);
			}
			finally {
				this.sending.unlock();
			}
		}
	}

	private void closeOnce(CloseStatus status) throws IOException {
		if (this.closed.compareAndSet(false, true)) {
			super.close(status);
		}
	}

}
