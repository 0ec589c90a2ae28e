package dev.kennel.graphql.stream;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.kennel.identity.Caller;
import org.jspecify.annotations.Nullable;

/** An open subscription transport: a WebSocket or an event stream. */
public final class OpenStream {

	private final @Nullable Caller caller;

	private final Consumer<StreamEnd> onEnd;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Creates a stream that is not registered yet.
	 * @param caller the caller, or null if unknown
	 * @param onEnd sends the reason to the client and ends the stream
	 */
	public OpenStream(@Nullable Caller caller, Consumer<StreamEnd> onEnd) {
		this.caller = caller;
		this.onEnd = onEnd;
	}

	/**
	 * Returns the caller.
	 * @return the caller, or null if unknown
	 */
	public @Nullable Caller caller() {
		return this.caller;
	}

	boolean isEnded() {
		return this.ended.get();
	}

	/**
	 * Ends the stream and sends the reason to the client. Does not block.
	 * @param reason the reason
	 */
	public void end(StreamEnd reason) {
		if (this.ended.compareAndSet(false, true)) {
			// A client that does not read would block the calling thread.
			Thread.ofVirtual().name("stream-end").start(() -> this.onEnd.accept(reason));
		}
	}

}
