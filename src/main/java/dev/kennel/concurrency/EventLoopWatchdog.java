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
 * Says when an event loop does nothing else for a long time: all requests of its
 * connections wait meanwhile. The loop notes each second that it is alive, and a
 * {@link Watchdog} looks whether it has.
 */
final class EventLoopWatchdog implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EventLoopWatchdog.class);

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	private final Duration limit;

	private final ScheduledFuture<?> sign;

	private final Watchdog watch;

	private volatile long aliveAt = System.nanoTime();

	private volatile @Nullable Thread loop;

	/**
	 * The note after which it was said that there was no other; none yet, as the loop may
	 * be blocked from its beginning on. Only on the thread that looks.
	 */
	private long told = this.aliveAt - 1;

	EventLoopWatchdog(EventExecutor loop) {
		this(loop, INTERVAL, Duration.ofSeconds(2));
	}

	/**
	 * Watches a loop.
	 * @param loop the loop
	 * @param interval how often it notes that it is alive
	 * @param limit after how long without a note it is said that it is not
	 */
	EventLoopWatchdog(EventExecutor loop, Duration interval, Duration limit) {
		this.limit = limit;
		// Before anything else, so that the thread is known.
		loop.execute(this::alive);
		this.sign = loop.scheduleWithFixedDelay(this::alive, interval.toMillis(), interval.toMillis(),
				TimeUnit.MILLISECONDS);
		this.watch = Watchdog.start(this::look);
	}

	private void alive() {
		this.loop = Thread.currentThread();
		this.aliveAt = System.nanoTime();
	}

	private void look() {
		long alive = this.aliveAt;
		Thread thread = this.loop;
		Duration silent = Duration.ofNanos(System.nanoTime() - alive);
		if (thread != null && alive != this.told && silent.compareTo(this.limit) > 0) {
			this.told = alive;
			logger.warn("The event loop {} has done one thing for {} ms, and its connections wait:\n{}",
					thread.getName(), silent.toMillis(), stack(thread));
		}
	}

	private static String stack(Thread thread) {
		return Stream.of(thread.getStackTrace()).map((element) -> "\tat " + element).collect(Collectors.joining("\n"));
	}

	@Override
	public void close() {
		this.sign.cancel(false);
		this.watch.stop();
	}

}
