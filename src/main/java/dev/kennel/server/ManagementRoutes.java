package dev.kennel.server;

import java.util.List;

/**
 * The routes of the {@link ManagementServer}: a bean that it finds.
 *
 * @param values the routes, none of which is reachable on the port of the service
 */
public record ManagementRoutes(List<Route> values) {

	public ManagementRoutes {
		values = List.copyOf(values);
	}

}
