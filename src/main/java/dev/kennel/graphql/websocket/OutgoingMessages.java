package dev.kennel.graphql.websocket;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.StreamEnd;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages that wait to be sent on one connection. They are sent in their order, one
 * at a time, without blocking a thread. The connection is closed between two messages.
 */
final class OutgoingMessages {

	private static final Logger logger = LoggerFactory.getLogger(OutgoingMessages.class);

	/**
	 * Results and events wait in bounded numbers already; pongs and refusals are as many
	 * as a client asks for that does not read them.
	 */
	private static final int MAX_WAITING = 1_000;

	private final WebSocketPeer peer;

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Message> waiting = new ArrayDeque<>();

	private boolean sending;

	/** Whether a thread gives the peer what it can take. */
	private boolean draining;

	private boolean ended;

	private @Nullable CloseReason closeReason;

	OutgoingMessages(WebSocketPeer peer) {
		this.peer = peer;
	}

	private record Message(String text, @Nullable WebSocketOperation operation, Runnable afterwards) {
	}

	/** Adds a message that belongs to no operation. */
	void add(String text) {
		add(new Message(text, null, () -> {
		}));
	}

	/**
	 * Adds a message.
	 * @param afterwards is run once the message has been sent, or is not sent any more
	 */
	void add(String text, WebSocketOperation operation, Runnable afterwards) {
		add(new Message(text, operation, afterwards));
	}

	private void add(Message message) {
		this.lock.lock();
		try {
			if (isClosing()) {
				return;
			}
			this.waiting.add(message);
			if (this.waiting.size() > MAX_WAITING) {
				this.waiting.clear();
				this.closeReason = StreamEnd.TOO_SLOW.closeReason();
			}
		}
		finally {
			this.lock.unlock();
		}
		drain();
	}

	/** Discards what has not been sent of an operation. */
	void discard(WebSocketOperation operation) {
		List<Runnable> afterwards = new ArrayList<>();
		this.lock.lock();
		try {
			for (Iterator<Message> messages = this.waiting.iterator(); messages.hasNext();) {
				Message message = messages.next();
				if (message.operation() == operation) {
					messages.remove();
					afterwards.add(message.afterwards());
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		afterwards.forEach(Runnable::run);
	}

	/** Closes the connection, after the message that is just being sent. */
	void close(CloseReason reason) {
		this.lock.lock();
		try {
			if (isClosing()) {
				return;
			}
			this.waiting.clear();
			this.closeReason = reason;
		}
		finally {
			this.lock.unlock();
		}
		drain();
	}

	/** Whether nothing is added any more. */
	boolean isClosing() {
		this.lock.lock();
		try {
			return this.ended || this.closeReason != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	boolean isIdle() {
		this.lock.lock();
		try {
			return !this.sending && this.waiting.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives the peer what it can take. The peer is called without the lock, and may
	 * report a message as sent before it returns.
	 */
	private void drain() {
		this.lock.lock();
		try {
			if (this.draining) {
				return;
			}
			this.draining = true;
		}
		finally {
			this.lock.unlock();
		}
		Runnable step = nextStep();
		while (step != null) {
			step.run();
			step = nextStep();
		}
	}

	private @Nullable Runnable nextStep() {
		this.lock.lock();
		try {
			if (!this.sending && !this.ended) {
				CloseReason reason = this.closeReason;
				if (reason != null) {
					this.ended = true;
					return () -> this.peer.close(reason);
				}
				Message message = this.waiting.poll();
				if (message != null) {
					this.sending = true;
					return () -> this.peer.send(message.text(), (failure) -> sent(message, failure));
				}
			}
			this.draining = false;
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void sent(Message message, @Nullable Throwable failure) {
		if (failure == null) {
			message.afterwards().run();
		}
		this.lock.lock();
		try {
			this.sending = false;
			if (failure != null) {
				this.waiting.clear();
				this.ended = true;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			logger.debug("A client of a WebSocket is gone", failure);
			this.peer.abort();
		}
		else {
			drain();
		}
	}

}
