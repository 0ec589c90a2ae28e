package dev.kennel.server;

import java.util.List;

/**
 * The routes of a feature, registered as a bean.
 *
 * @param values the routes
 */
public record RouteTable(List<Route> values) {

	public RouteTable {
		values = List.copyOf(values);
	}

	/**
	 * Creates a list of routes.
	 * @param routes the routes
	 * @return the list
	 */
	public static RouteTable of(Route... routes) {
		return new RouteTable(List.of(routes));
	}

}
