package dev.kennel.concurrency;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the stack trace of an event loop that is blocked: no request of its connections
 * progresses meanwhile. The loop records a heartbeat each second, and a {@link Watchdog}
 * checks its age.
 */
final class EventLoopWatchdog implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EventLoopWatchdog.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final Duration limit;

	private final ScheduledFuture<?> heartbeat;

	private final Watchdog watchdog;

	private volatile long lastHeartbeat = System.nanoTime();

	private volatile @Nullable Thread loop;

	/**
	 * The heartbeat whose age has been logged. It differs from the first one, as the loop
	 * may be blocked from its start. Confined to the watchdog thread.
	 */
	private long loggedHeartbeat = this.lastHeartbeat - 1;

	EventLoopWatchdog(EventExecutor loop) {
		this(loop, INTERVAL, Duration.ofSeconds(2));
	}

	/**
	 * Watches an event loop.
	 * @param loop the event loop
	 * @param interval the time between two heartbeats
	 * @param limit the age of a heartbeat after which the loop counts as blocked
	 */
	EventLoopWatchdog(EventExecutor loop, Duration interval, Duration limit) {
		this.limit = limit;
		// Before anything else, so that the thread is known.
		loop.execute(this::beat);
		this.heartbeat = loop.scheduleWithFixedDelay(this::beat, interval.toMillis(), interval.toMillis(),
				TimeUnit.MILLISECONDS);
		this.watchdog = Watchdog.start(this::check);
	}

	private void beat() {
		this.loop = Thread.currentThread();
		this.lastHeartbeat = System.nanoTime();
	}

	private void check() {
		long last = this.lastHeartbeat;
		Thread thread = this.loop;
		Duration age = Duration.ofNanos(System.nanoTime() - last);
		if (thread != null && last != this.loggedHeartbeat && age.compareTo(this.limit) > 0) {
			StackTraceElement[] stack = thread.getStackTrace();
			if (!isIdle(stack)) {
				this.loggedHeartbeat = last;
				logger.warn("The event loop {} has been blocked for {} ms, and its connections wait:\n{}",
						thread.getName(), age.toMillis(),
						Stream.of(stack).map((element) -> "\tat " + element).collect(Collectors.joining("\n")));
			}
		}
	}

	/**
	 * Returns whether a loop waits for I/O. If its heartbeat is late nevertheless,
	 * nothing blocks it: the machine is too busy to run it, or the process was suspended.
	 */
	private static boolean isIdle(StackTraceElement[] stack) {
		return Stream.of(stack).anyMatch((element) -> element.getClassName().equals("sun.nio.ch.SelectorImpl"));
	}

	@Override
	public void close() {
		this.heartbeat.cancel(false);
		this.watchdog.stop();
	}

}
