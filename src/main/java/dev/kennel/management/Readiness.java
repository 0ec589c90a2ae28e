package dev.kennel.management;

import java.nio.charset.StandardCharsets;

import dev.kennel.database.monitor.DatabaseMonitor;
import dev.kennel.database.notification.NotificationChannel;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.Route;
import dev.kennel.server.RouteTable;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.HttpStatus;

/**
 * The probes on the service's port: {@code /livez} reports whether the process works,
 * {@code /readyz} whether it should receive requests. Both respond on the event loop,
 * from known state: neither waits for a permit, nor for the database.
 */
class Readiness {

	private static final String JSON = "application/json;charset=utf-8";

	private static final byte[] UP = "{\"status\":\"UP\"}".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] DOWN = "{\"status\":\"DOWN\"}".getBytes(StandardCharsets.US_ASCII);

	private final ApplicationAvailability availability;

	private final DatabaseMonitor database;

	private final NotificationChannel notifications;

	Readiness(ApplicationAvailability availability, DatabaseMonitor database, NotificationChannel notifications) {
		this.availability = availability;
		this.database = database;
		this.notifications = notifications;
	}

	RouteTable routes() {
		return RouteTable.of(Route.probe("/livez", (exchange) -> respond(exchange, isAlive())),
				Route.probe("/readyz", (exchange) -> respond(exchange, isReady())));
	}

	private boolean isAlive() {
		return this.availability.getLivenessState() != LivenessState.BROKEN;
	}

	/**
	 * Returns whether the instance should receive requests: the application has started
	 * and is not stopping, the database responds and has the schema of this version, and
	 * notifications of other instances arrive.
	 */
	boolean isReady() {
		return this.availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC && this.database.isUp()
				&& this.database.isMigrated() && !this.notifications.isInterrupted();
	}

	private static void respond(HttpExchange exchange, boolean up) {
		exchange.setHeader("Cache-Control", "no-store");
		exchange.respond(up ? HttpStatus.OK.value() : HttpStatus.SERVICE_UNAVAILABLE.value(), JSON, up ? UP : DOWN);
	}

}
