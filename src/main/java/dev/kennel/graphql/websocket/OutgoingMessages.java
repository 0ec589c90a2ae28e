package dev.kennel.graphql.websocket;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.StreamEnd;
import dev.kennel.server.limit.MemoryPermits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of outgoing messages of a connection. Messages are sent in order, one at a
 * time, without blocking a thread. The connection is closed between two messages.
 *
 * <p>
 * The total size is bounded, per connection and per instance: a client that does not read
 * can cause any number of pongs and errors, and results are large. A connection that
 * exceeds a bound is closed with {@link StreamEnd#TOO_SLOW}.
 */
final class OutgoingMessages {

	private static final Logger logger = LoggerFactory.getLogger(OutgoingMessages.class);

	/** The memory of a message in addition to its text, in bytes. */
	private static final int OVERHEAD = 128;

	private final WebSocketPeer peer;

	private final int maxSize;

	private final MemoryPermits memory;

	private final LongSupplier nanoTime;

	private final Runnable onEnd;

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Message> waiting = new ArrayDeque<>();

	/** The message that is currently being sent. */
	private @Nullable Message current;

	/** The total size of the queued messages and the current one. */
	private int size;

	/** Whether a thread is in {@link #drain()}. */
	private boolean draining;

	private boolean ended;

	private @Nullable CloseReason closeReason;

	/**
	 * Creates an empty queue.
	 * @param peer the client
	 * @param maxSize the maximum total size of the messages, in characters; a larger
	 * message is sent if the queue is empty
	 * @param memory bounds the memory of the messages of all connections
	 * @param nanoTime the time source, like {@link System#nanoTime()}
	 * @param onEnd called when the connection is lost or the client is too slow, possibly
	 * more than once
	 */
	OutgoingMessages(WebSocketPeer peer, int maxSize, MemoryPermits memory, LongSupplier nanoTime, Runnable onEnd) {
		this.peer = peer;
		this.maxSize = maxSize;
		this.memory = memory;
		this.nanoTime = nanoTime;
		this.onEnd = onEnd;
	}

	/** A message and the time when it was added. */
	private record Message(String text, @Nullable Object operation, Runnable onSettled, long added) {

		int size() {
			return this.text.length() + OVERHEAD;
		}

		void settle() {
			try {
				this.onSettled.run();
			}
			catch (RuntimeException | Error ex) {
				// The connection stays open.
				logger.error("A message of a WebSocket could not be handled", ex);
			}
		}

	}

	/** Adds a message without an operation. */
	void add(String text) {
		add(new Message(text, null, () -> {
		}, this.nanoTime.getAsLong()));
	}

	/**
	 * Adds a message.
	 * @param operation the operation of the message, for {@link #discard}
	 * @param onSettled called once: when the message has been sent, or when it is dropped
	 */
	void add(String text, Object operation, Runnable onSettled) {
		add(new Message(text, operation, onSettled, this.nanoTime.getAsLong()));
	}

	private void add(Message message) {
		List<Message> dropped = List.of();
		boolean overflow = false;
		this.lock.lock();
		try {
			if (isClosing()) {
				dropped = List.of(message);
			}
			else if (hasRoom(message)) {
				this.size += message.size();
				this.waiting.add(message);
			}
			else {
				overflow = true;
				dropped = clear();
				dropped.add(message);
				this.closeReason = StreamEnd.TOO_SLOW.closeReason();
			}
		}
		finally {
			this.lock.unlock();
		}
		if (overflow) {
			this.onEnd.run();
		}
		dropped.forEach(Message::settle);
		drain();
	}

	/** Requires the lock. Acquires the memory permits. */
	private boolean hasRoom(Message message) {
		long newSize = (long) this.size + message.size();
		return (this.size == 0 || newSize <= this.maxSize) && newSize <= Integer.MAX_VALUE
				&& this.memory.tryGrow(this.size, (int) newSize);
	}

	/** Requires the lock. */
	private void releaseMemory(Message message) {
		this.memory.shrink(this.size, this.size - message.size());
		this.size -= message.size();
	}

	/** Clears the queue and returns the dropped messages. Requires the lock. */
	private List<Message> clear() {
		List<Message> dropped = new ArrayList<>(this.waiting);
		this.waiting.clear();
		dropped.forEach(this::releaseMemory);
		return dropped;
	}

	/** Drops the queued messages of an operation. */
	@SuppressWarnings("ReferenceEquality") // Operations are compared by identity.
	void discard(Object operation) {
		List<Message> dropped = new ArrayList<>();
		this.lock.lock();
		try {
			for (Iterator<Message> messages = this.waiting.iterator(); messages.hasNext();) {
				Message message = messages.next();
				if (message.operation() == operation) {
					messages.remove();
					releaseMemory(message);
					dropped.add(message);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		dropped.forEach(Message::settle);
	}

	/** Closes the connection after the current message. Queued messages are dropped. */
	void close(CloseReason reason) {
		List<Message> dropped;
		this.lock.lock();
		try {
			if (isClosing()) {
				return;
			}
			this.closeReason = reason;
			dropped = clear();
		}
		finally {
			this.lock.unlock();
		}
		dropped.forEach(Message::settle);
		drain();
	}

	/** Called when the connection is closed or lost. All messages are dropped. */
	void end() {
		List<Message> dropped;
		this.lock.lock();
		try {
			this.ended = true;
			dropped = clear();
			Message sending = this.current;
			if (sending != null) {
				this.current = null;
				releaseMemory(sending);
				dropped.add(sending);
			}
		}
		finally {
			this.lock.unlock();
		}
		dropped.forEach(Message::settle);
	}

	/**
	 * Aborts the connection if the current message is too old. A client that reads slowly
	 * but steadily would otherwise hold memory indefinitely.
	 * @param limit the maximum age of a message since it was added
	 */
	void abortIfOlderThan(Duration limit) {
		this.lock.lock();
		try {
			if (this.current == null || this.nanoTime.getAsLong() - this.current.added() < limit.toNanos()) {
				return;
			}
		}
		finally {
			this.lock.unlock();
		}
		abort();
	}

	/**
	 * Returns whether the connection is closing or closed, so that new messages are
	 * dropped.
	 */
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
			return this.current == null && this.waiting.isEmpty();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Sends queued messages to the peer. The peer is called without the lock, and may
	 * report a message as sent before {@code send} returns.
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
			if (this.current == null && !this.ended) {
				CloseReason reason = this.closeReason;
				if (reason != null) {
					this.ended = true;
					return () -> closePeer(reason);
				}
				Message message = this.waiting.poll();
				if (message != null) {
					this.current = message;
					return () -> send(message);
				}
			}
			this.draining = false;
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void send(Message message) {
		try {
			this.peer.send(message.text(), (failure) -> sent(message, failure));
		}
		catch (RuntimeException | Error ex) {
			sent(message, ex);
		}
	}

	private void closePeer(CloseReason reason) {
		try {
			this.peer.close(reason);
		}
		catch (RuntimeException | Error ex) {
			connectionLost(ex);
		}
	}

	private void sent(Message message, @Nullable Throwable failure) {
		this.lock.lock();
		try {
			if (!isCurrent(message)) {
				return;
			}
			releaseMemory(message);
			this.current = null;
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			connectionLost(failure);
		}
		message.settle();
		drain();
	}

	@SuppressWarnings("ReferenceEquality") // Messages may be equal.
	private boolean isCurrent(Message message) {
		return this.current == message;
	}

	private void connectionLost(Throwable failure) {
		logger.debug("The client of a WebSocket has disconnected", failure);
		abort();
	}

	private void abort() {
		end();
		this.onEnd.run();
		try {
			this.peer.abort();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("A WebSocket could not be aborted", ex);
		}
	}

}
