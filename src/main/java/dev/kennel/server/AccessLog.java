package dev.kennel.server;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The access log: writes a line for each request to the logger {@code dev.kennel.access}.
 * Logs the path of the route, and no client address, query or body. Its key-value pairs
 * are fields of the Elastic Common Schema, or attributes of OpenTelemetry where that has
 * none.
 *
 * @see <a href= "https://www.elastic.co/docs/reference/ecs/ecs-field-reference">Elastic
 * Common Schema, fields</a>
 */
final class AccessLog {

	private static final Logger logger = LoggerFactory.getLogger("dev.kennel.access");

	/**
	 * Writes a line. The log context has the id of the request, and of its trace.
	 * @param status the HTTP status, or {@link HttpMeters#NO_RESPONSE}
	 */
	void responded(String method, @Nullable String route, int status, long nanos, String requestId) {
		String known = HttpMeters.knownMethod(method);
		LoggingEventBuilder line = logger.atInfo()
			.addKeyValue("http.request.method", known)
			.addKeyValue("event.duration", nanos);
		if (route != null) {
			line = line.addKeyValue("http.route", route);
		}
		line = (status != HttpMeters.NO_RESPONSE) ? line.addKeyValue("http.response.status_code", status)
				: line.addKeyValue("error.type", HttpMeters.errorType(status));
		line.log("{} {} {} {}ms request={}", known, (route != null) ? route : "-",
				(status != HttpMeters.NO_RESPONSE) ? status : "-", TimeUnit.NANOSECONDS.toMillis(nanos), requestId);
	}

}
