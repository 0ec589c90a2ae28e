package dev.kennel.server;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The registry of incomplete request bodies. At shutdown, before the server waits for
 * running requests, they get a short grace period: a body that never ends would use up
 * the whole shutdown timeout.
 */
@Component
class PendingRequestBodies implements SmartLifecycle {

	private static final Duration GRACE_PERIOD = Duration.ofSeconds(1);

	private final Set<RequestBodyReader> bodies = ConcurrentHashMap.newKeySet();

	private volatile boolean stopping;

	void add(RequestBodyReader body) {
		this.bodies.add(body);
		if (this.stopping) {
			body.stop(GRACE_PERIOD);
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
		this.bodies.forEach((body) -> body.stop(GRACE_PERIOD));
	}

	@Override
	public boolean isRunning() {
		return !this.stopping;
	}

	/** Stops once no new requests are expected, and before the server waits for them. */
	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

}
