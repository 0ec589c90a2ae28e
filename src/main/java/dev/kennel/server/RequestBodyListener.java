package dev.kennel.server;

/** Receives the body of a request. Called once, on the event loop. */
public interface RequestBodyListener {

	/**
	 * Called when the body is complete.
	 * @param body the body
	 */
	void onBody(byte[] body);

	/**
	 * Called when the body can't be read.
	 * @param failure the reason
	 */
	void onFailure(Failure failure);

	/** The reason why a body can't be read. */
	enum Failure {

		/** The body exceeds the maximum size. */
		TOO_LARGE,

		/** The body has not arrived in time. */
		TOO_SLOW,

		/** The memory for large bodies is exhausted. */
		NO_MEMORY,

		/** The chunked encoding is malformed. */
		MALFORMED,

		/**
		 * The server is shutting down, and the body has not arrived within the grace
		 * period.
		 */
		STOPPING

	}

}
