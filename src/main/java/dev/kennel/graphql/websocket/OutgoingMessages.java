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
import dev.kennel.server.MemoryPermits;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages that wait to be sent on one connection. They are sent in their order, one
 * at a time, without blocking a thread. The connection is closed between two messages.
 *
 * <p>
 * Their size is bounded, for the connection and for all connections of the instance
 * together: pongs and refusals are as many as a client asks for that does not read them,
 * and results are large. A connection that exceeds a bound is closed with
 * {@link StreamEnd#TOO_SLOW}.
 */
final class OutgoingMessages {

	private static final Logger logger = LoggerFactory.getLogger(OutgoingMessages.class);

	/** What a message takes beside its text, in bytes. */
	private static final int OVERHEAD = 128;

	private final WebSocketPeer peer;

	private final int maxSize;

	private final MemoryPermits memory;

	private final LongSupplier nanoTime;

	private final Runnable onEnd;

	private final ReentrantLock lock = new ReentrantLock();

	private final Deque<Message> waiting = new ArrayDeque<>();

	/** The message that is being sent. */
	private @Nullable Message current;

	/** Of the messages that wait and of the one that is being sent. */
	private int size;

	/** Whether a thread gives the peer what it can take. */
	private boolean draining;

	private boolean ended;

	private @Nullable CloseReason closeReason;

	/**
	 * Creates an empty queue.
	 * @param peer the client
	 * @param maxSize how large messages may be together, in characters; a message that is
	 * larger is sent if no other waits
	 * @param memory what the messages of all connections may take together
	 * @param nanoTime the time, as of {@link System#nanoTime()}
	 * @param onEnd is called when the connection ends by itself, since the client is gone
	 * or too slow; maybe more than once
	 */
	OutgoingMessages(WebSocketPeer peer, int maxSize, MemoryPermits memory, LongSupplier nanoTime, Runnable onEnd) {
		this.peer = peer;
		this.maxSize = maxSize;
		this.memory = memory;
		this.nanoTime = nanoTime;
		this.onEnd = onEnd;
	}

	/** A message, and when it was added. */
	private record Message(String text, @Nullable Object operation, Runnable afterwards, long added) {

		int size() {
			return this.text.length() + OVERHEAD;
		}

		void settle() {
			try {
				this.afterwards.run();
			}
			catch (RuntimeException | Error ex) {
				// The connection goes on.
				logger.error("What follows a message of a WebSocket has failed", ex);
			}
		}

	}

	/** Adds a message that belongs to no operation. */
	void add(String text) {
		add(new Message(text, null, () -> {
		}, this.nanoTime.getAsLong()));
	}

	/**
	 * Adds a message.
	 * @param operation what it belongs to, by which it can be discarded
	 * @param afterwards is run once: when the message has been sent, or when it is clear
	 * that it will not be
	 */
	void add(String text, Object operation, Runnable afterwards) {
		add(new Message(text, operation, afterwards, this.nanoTime.getAsLong()));
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

	/** Only with the lock. Takes the memory as well. */
	private boolean hasRoom(Message message) {
		long next = (long) this.size + message.size();
		return (this.size == 0 || next <= this.maxSize) && next <= Integer.MAX_VALUE
				&& this.memory.tryGrow(this.size, (int) next);
	}

	/** Only with the lock. */
	private void free(Message message) {
		this.memory.shrink(this.size, this.size - message.size());
		this.size -= message.size();
	}

	/** Only with the lock. Returns the messages that are not sent any more. */
	private List<Message> clear() {
		List<Message> dropped = new ArrayList<>(this.waiting);
		this.waiting.clear();
		dropped.forEach(this::free);
		return dropped;
	}

	/** Discards what has not been sent of an operation. */
	@SuppressWarnings("ReferenceEquality") // Each operation is only itself.
	void discard(Object operation) {
		List<Message> dropped = new ArrayList<>();
		this.lock.lock();
		try {
			for (Iterator<Message> messages = this.waiting.iterator(); messages.hasNext();) {
				Message message = messages.next();
				if (message.operation() == operation) {
					messages.remove();
					free(message);
					dropped.add(message);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		dropped.forEach(Message::settle);
	}

	/** Closes the connection, after the message that is just being sent. */
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

	/** The connection is closed or lost: nothing is sent any more. */
	void end() {
		List<Message> dropped;
		this.lock.lock();
		try {
			this.ended = true;
			dropped = clear();
			Message sending = this.current;
			if (sending != null) {
				this.current = null;
				free(sending);
				dropped.add(sending);
			}
		}
		finally {
			this.lock.unlock();
		}
		dropped.forEach(Message::settle);
	}

	/**
	 * Cuts the connection off if a message has not been sent for too long. A client that
	 * takes a little now and then would otherwise hold memory for as long as it likes.
	 * @param limit how long a message may take from when it is added
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
			return this.current == null && this.waiting.isEmpty();
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
			lost(ex);
		}
	}

	private void sent(Message message, @Nullable Throwable failure) {
		this.lock.lock();
		try {
			if (!isCurrent(message)) {
				return;
			}
			free(message);
			this.current = null;
		}
		finally {
			this.lock.unlock();
		}
		if (failure != null) {
			lost(failure);
		}
		message.settle();
		drain();
	}

	@SuppressWarnings("ReferenceEquality") // Two messages may say the same.
	private boolean isCurrent(Message message) {
		return this.current == message;
	}

	private void lost(Throwable failure) {
		logger.debug("A client of a WebSocket is gone", failure);
		abort();
	}

	private void abort() {
		end();
		this.onEnd.run();
		try {
			this.peer.abort();
		}
		catch (RuntimeException | Error ex) {
			logger.debug("A WebSocket could not be cut off", ex);
		}
	}

}
