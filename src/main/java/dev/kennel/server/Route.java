package dev.kennel.server;

import java.util.List;

/**
 * A path and its handler.
 *
 * @param path the path, or, with {@code /*} at its end, what paths begin with
 * @param methods the methods that the handler is called for; requests of others are
 * refused, and {@code OPTIONS} is responded to; none if the handler decides itself
 * @param handler handles the requests
 */
public record Route(String path, List<String> methods, RequestHandler handler) {

	private static final String REST = "/*";

	public Route {
		methods = List.copyOf(methods);
	}

	/**
	 * A path that is only read.
	 * @param path the path, or, with {@code /*} at its end, what paths begin with
	 * @param handler handles GET and HEAD
	 * @return the route
	 */
	public static Route get(String path, RequestHandler handler) {
		return new Route(path, List.of("GET", "HEAD"), handler);
	}

	/**
	 * A path whose handler looks at the method by itself.
	 * @param path the path
	 * @param handler handles all methods
	 * @return the route
	 */
	public static Route any(String path, RequestHandler handler) {
		return new Route(path, List.of(), handler);
	}

	boolean isPrefix() {
		return this.path.endsWith(REST);
	}

	/** What paths begin with. */
	String prefix() {
		return this.path.substring(0, this.path.length() - 1);
	}

	boolean takes(String method) {
		return this.methods.isEmpty() || this.methods.contains(method);
	}

	/** The value of {@code Allow}. */
	String allow() {
		return String.join(", ", this.methods) + ", OPTIONS";
	}

}
