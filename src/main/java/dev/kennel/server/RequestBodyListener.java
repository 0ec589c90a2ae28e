package dev.kennel.server;

/** Is told of a request's body, on the event loop, once. */
public interface RequestBodyListener {

	/**
	 * The body is complete.
	 * @param body its bytes
	 */
	void onBody(byte[] body);

	/**
	 * The body can't be had.
	 * @param failure why
	 */
	void onFailure(Failure failure);

	/** Why a body can't be had. */
	enum Failure {

		/** It is larger than it may be. */
		TOO_LARGE,

		/** It has not arrived in time. */
		TOO_SLOW,

		/** Large bodies of other requests take the memory that there is for them. */
		NO_MEMORY,

		/** It is not in the chunks that it should be in. */
		MALFORMED,

		/** The server is being stopped, and the body has not arrived since. */
		STOPPING

	}

}
