package dev.kennel.graphql.http;

/** The JSON media types of responses. */
enum ResponseMediaType {

	/** The default if no media type is named. */
	JSON("application/json"),

	/**
	 * Recommended by the specification for new clients: its status codes distinguish
	 * errors.
	 */
	GRAPHQL_RESPONSE("application/graphql-response+json");

	private final String contentType;

	ResponseMediaType(String name) {
		this.contentType = name + ";charset=utf-8";
	}

	String contentType() {
		return this.contentType;
	}

}
