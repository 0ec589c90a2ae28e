package dev.kennel.server;

import java.util.List;

/**
 * The routes of a feature: a bean that the server finds.
 *
 * @param values the routes
 */
public record Routes(List<Route> values) {

	public Routes {
		values = List.copyOf(values);
	}

	/**
	 * Some routes.
	 * @param routes the routes
	 * @return all of them
	 */
	public static Routes of(Route... routes) {
		return new Routes(List.of(routes));
	}

}
