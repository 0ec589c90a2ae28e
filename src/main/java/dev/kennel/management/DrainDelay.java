package dev.kennel.management;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Delays a shutdown while {@code /readyz} responds with 503, so that a load balancer
 * sends its requests elsewhere before the port is closed. It is the first to stop;
 * streams, running requests, the port, what serves requests, and the management port
 * follow in this order.
 */
class DrainDelay implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(DrainDelay.class);

	private final Duration delay;

	private volatile boolean running;

	DrainDelay(Duration delay) {
		this.delay = delay;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.delay.isZero()) {
			return;
		}
		logger.info("Requests are served for {} s more, while /readyz reports that the instance is not ready",
				this.delay.toMillis() / 1000.0);
		try {
			Thread.sleep(this.delay);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
