package dev.kennel.server;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: writes a line for each response to the logger
 * {@code dev.kennel.access}. Logs the path of the route, and no client address, query or
 * body.
 */
final class AccessLog {

	private static final Logger logger = LoggerFactory.getLogger("dev.kennel.access");

	void responded(String method, @Nullable String route, int status, long nanos, String requestId) {
		String path = (route != null) ? route : "-";
		long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
		logger.atInfo()
			.addKeyValue("http.request.method", method)
			.addKeyValue("http.route", path)
			.addKeyValue("http.response.status_code", status)
			.addKeyValue("duration", millis)
			.addKeyValue("request", requestId)
			.log("{} {} {} {}ms request={}", method, path, status, millis, requestId);
	}

}
