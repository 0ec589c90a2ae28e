package dev.kennel.graphql.stream;

/** Thrown when a stream is refused. */
public class StreamRefusedException extends RuntimeException {

	private final StreamEnd reason;

	StreamRefusedException(StreamEnd reason) {
		super(reason.name(), null, false, false);
		this.reason = reason;
	}

	/**
	 * Returns the reason.
	 * @return the reason for the refusal
	 */
	public StreamEnd reason() {
		return this.reason;
	}

}
