package dev.kennel.graphql.stream;

/** A stream is ended before it begins. */
class StreamRefusedException extends RuntimeException {

	private final StreamEnd reason;

	StreamRefusedException(StreamEnd reason) {
		super(reason.name(), null, false, false);
		this.reason = reason;
	}

	StreamEnd reason() {
		return this.reason;
	}

}
