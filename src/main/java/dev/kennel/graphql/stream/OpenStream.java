package dev.kennel.graphql.stream;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.kennel.identity.Caller;
import graphql.GraphQLContext;
import org.jspecify.annotations.Nullable;

/** A connection over which events are sent to a client. */
public final class OpenStream {

	private static final Object CONTEXT_KEY = OpenStream.class;

	private final @Nullable Caller caller;

	private final Consumer<StreamEnd> transport;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Creates a stream, which is not registered yet.
	 * @param caller the caller, or null if it is not known
	 * @param transport tells the client why the stream ends
	 */
	public OpenStream(@Nullable Caller caller, Consumer<StreamEnd> transport) {
		this.caller = caller;
		this.transport = transport;
	}

	/**
	 * Answers over which stream an operation is sent.
	 * @param context the operation's context
	 * @return the stream, or null if the operation is answered all at once
	 */
	public static @Nullable OpenStream find(GraphQLContext context) {
		return context.get(CONTEXT_KEY);
	}

	/**
	 * Makes the stream known to an operation.
	 * @param context the operation's context
	 */
	public void put(GraphQLContext context) {
		context.put(CONTEXT_KEY, this);
	}

	/**
	 * Returns the caller.
	 * @return the caller, or null as long as the caller is not known
	 */
	public @Nullable Caller caller() {
		return this.caller;
	}

	boolean isEnded() {
		return this.ended.get();
	}

	/**
	 * Ends the stream, and tells the client why, if it still listens. It returns at once.
	 * @param reason why
	 */
	public void end(StreamEnd reason) {
		if (this.ended.compareAndSet(false, true)) {
			// A client that takes nothing would hold up whoever ends its stream.
			Thread.ofVirtual().name("stream-end").start(() -> this.transport.accept(reason));
		}
	}

}
