package dev.kennel.graphql.stream;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.kennel.identity.Caller;
import graphql.GraphQLContext;
import org.jspecify.annotations.Nullable;

/** An open subscription transport: a WebSocket or an event stream. */
public final class OpenStream {

	private static final Object CONTEXT_KEY = OpenStream.class;

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
	 * Returns the stream that an operation was sent over.
	 * @param context the operation's context
	 * @return the stream, or null for a single response
	 */
	public static @Nullable OpenStream find(GraphQLContext context) {
		return context.get(CONTEXT_KEY);
	}

	/**
	 * Puts the stream into the context of an operation.
	 * @param context the operation's context
	 */
	public void put(GraphQLContext context) {
		context.put(CONTEXT_KEY, this);
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
