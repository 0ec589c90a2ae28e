package dev.kennel.graphql.stream;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Creates the timers of heartbeats and timeouts of streams. */
public final class StreamTimer {

	private StreamTimer() {
	}

	/**
	 * Creates a timer with one thread. It removes cancelled tasks, which would retain
	 * their connections until their time.
	 * @param threadName the name of the thread
	 * @return the timer
	 */
	public static ScheduledThreadPoolExecutor create(String threadName) {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
				Thread.ofPlatform().daemon().name(threadName).factory());
		timer.setRemoveOnCancelPolicy(true);
		return timer;
	}

}
