package dev.kennel.graphql.stream;

/** A stream is ended before it begins. */
public class StreamRefusedException extends RuntimeException {

	private final StreamEnd reason;

	StreamRefusedException(StreamEnd reason) {
		super(reason.name(), null, false, false);
		this.reason = reason;
	}

	/**
	 * Returns why.
	 * @return how the stream is ended
	 */
	public StreamEnd reason() {
		return this.reason;
	}

}
