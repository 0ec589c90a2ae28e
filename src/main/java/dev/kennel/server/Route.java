package dev.kennel.server;

import java.util.List;

/**
 * A path with its handler.
 *
 * @param path the path, or a prefix ending with {@code /*}
 * @param methods the allowed methods; {@code OPTIONS} is handled by the server, others
 * are rejected; empty if the handler checks the method itself
 * @param handler the handler of the requests
 * @param traced whether requests may be traced
 */
public record Route(String path, List<String> methods, RequestHandler handler, boolean traced) {

	private static final String WILDCARD = "/*";

	public Route {
		methods = List.copyOf(methods);
	}

	/**
	 * Creates a read-only route.
	 * @param path the path, or a prefix ending with {@code /*}
	 * @param handler the handler of GET and HEAD
	 * @return the route
	 */
	public static Route get(String path, RequestHandler handler) {
		return new Route(path, List.of("GET", "HEAD"), handler, true);
	}

	/**
	 * Creates a read-only route for the probes of a platform, which is never traced:
	 * probes would be most of the traces of an idle instance.
	 * @param path the path
	 * @param handler the handler of GET and HEAD
	 * @return the route
	 */
	public static Route probe(String path, RequestHandler handler) {
		return new Route(path, List.of("GET", "HEAD"), handler, false);
	}

	/**
	 * Creates a route whose handler checks the method itself.
	 * @param path the path
	 * @param handler the handler of all methods
	 * @return the route
	 */
	public static Route any(String path, RequestHandler handler) {
		return new Route(path, List.of(), handler, true);
	}

	boolean isPrefix() {
		return this.path.endsWith(WILDCARD);
	}

	/** Returns the prefix, with a trailing slash. */
	String prefix() {
		return this.path.substring(0, this.path.length() - 1);
	}

	boolean allows(String method) {
		return this.methods.isEmpty() || this.methods.contains(method);
	}

	/** Returns the value of the {@code Allow} header. */
	String allow() {
		return String.join(", ", this.methods) + ", OPTIONS";
	}

}
