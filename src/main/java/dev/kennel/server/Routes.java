package dev.kennel.server;

import java.util.List;

/**
 * The routes of a feature, registered as a bean.
 *
 * @param values the routes
 */
public record Routes(List<Route> values) {

	public Routes {
		values = List.copyOf(values);
	}

	/**
	 * Creates a list of routes.
	 * @param routes the routes
	 * @return the list
	 */
	public static Routes of(Route... routes) {
		return new Routes(List.of(routes));
	}

}
