package dev.kennel.server;

import java.util.List;

/**
 * The routes of the {@link ManagementServer}, registered as a bean.
 *
 * @param values the routes, which are not reachable on the service's port
 */
public record ManagementRouteTable(List<Route> values) {

	public ManagementRouteTable {
		values = List.copyOf(values);
	}

}
