package dev.kennel.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The request bodies that have not arrived with their headers. When the server is
 * stopped, which is before it waits for running requests, they have a short time left: a
 * body without an end would take all the time that there is for a graceful stop.
 */
@Component
class PendingRequestBodies implements SmartLifecycle {

	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final Set<RequestBodyReader> bodies = ConcurrentHashMap.newKeySet();

	private volatile boolean stopping;

	void add(RequestBodyReader body) {
		this.bodies.add(body);
		if (this.stopping) {
			body.stop(PATIENCE);
		}
	}

	void remove(RequestBodyReader body) {
		this.bodies.remove(body);
	}

	@Override
	public void start() {
		this.stopping = false;
	}

	@Override
	public void stop() {
		this.stopping = true;
		this.bodies.forEach((body) -> body.stop(PATIENCE));
	}

	@Override
	public boolean isRunning() {
		return !this.stopping;
	}

}
