package dev.kennel.graphql.http;

/** The media types of JSON that an answer can have. */
enum ResponseMediaType {

	/** What a client gets that says nothing, or that takes anything. */
	JSON("application/json"),

	/**
	 * What the specification asks new clients to ask for: its statuses tell what went
	 * wrong.
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
