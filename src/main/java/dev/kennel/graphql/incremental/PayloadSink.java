package dev.kennel.graphql.incremental;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/** Sends the payloads of an operation that is delivered incrementally to its client. */
public interface PayloadSink {

	/**
	 * Sends a payload, and waits until it is written to the connection.
	 * @param payload the members of the payload, in order
	 * @param last whether it is the last one
	 * @param timeout how long the client may take to read it
	 * @return false if the client is gone, does not want further payloads, or has not
	 * read the payload in time
	 */
	boolean send(Map<String, ? extends @Nullable Object> payload, boolean last, Duration timeout);

	/**
	 * Returns the end of the delivery.
	 * @return completed when the client is gone or wants no further payloads, possibly
	 * after the last one
	 */
	CompletionStage<?> ended();

}
