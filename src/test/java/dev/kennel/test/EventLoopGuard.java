package dev.kennel.test;

import java.lang.Thread.State;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test during which an event loop of this process has waited: for a lock, a
 * future, a sleep. An idle event loop and a computing one are runnable for the JVM, so
 * that a slow machine is not mistaken for a blocked loop.
 */
public class EventLoopGuard implements AfterEachCallback {

	/** Longer than threads of a busy machine wait for the locks of class loading. */
	static final Duration LIMIT = Duration.ofMillis(200);

	private static final Duration INTERVAL = Duration.ofMillis(10);

	private static final String LOOP = "vert.x-eventloop-thread-";

	private static final List<String> WAITS = new CopyOnWriteArrayList<>();

	static {
		Thread.ofPlatform().daemon().name("event-loop-guard").start(EventLoopGuard::watch);
	}

	/** Returns the stacks of the loops that have waited since the last call. */
	static List<String> takeWaits() {
		List<String> waits = List.copyOf(WAITS);
		WAITS.removeAll(waits);
		return waits;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		List<String> waits = takeWaits();
		if (!waits.isEmpty()) {
			throw new AssertionError("An event loop has waited:\n" + String.join("\n\n", waits));
		}
	}

	private static void watch() {
		Map<Thread, Long> waitingSince = new HashMap<>();
		while (true) {
			long now = System.nanoTime();
			Thread[] threads = new Thread[2 * Thread.activeCount() + 16];
			int count = Thread.currentThread().getThreadGroup().enumerate(threads);
			for (int i = 0; i < count; i++) {
				Thread thread = threads[i];
				if (!thread.getName().startsWith(LOOP)) {
					continue;
				}
				State state = thread.getState();
				if (state != State.BLOCKED && state != State.WAITING && state != State.TIMED_WAITING) {
					waitingSince.remove(thread);
					continue;
				}
				Long since = waitingSince.putIfAbsent(thread, now);
				if (since != null && now - since > LIMIT.toNanos()) {
					if (state != State.BLOCKED || !isLockOwnerComputing(thread)) {
						WAITS.add(stack(thread));
					}
					waitingSince.remove(thread);
				}
			}
			waitingSince.keySet().removeIf((thread) -> !thread.isAlive());
			try {
				Thread.sleep(INTERVAL);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	/**
	 * Returns whether the thread that holds the lock computes, such as one that loads a
	 * class: on a busy machine it waits for a processor, not for anything that a loop
	 * must not wait for. For the JVM, a thread that reads from a socket is runnable, too.
	 */
	private static boolean isLockOwnerComputing(Thread blocked) {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		ThreadInfo info = threads.getThreadInfo(blocked.threadId());
		ThreadInfo owner = (info != null && info.getLockOwnerId() != -1)
				? threads.getThreadInfo(info.getLockOwnerId(), 1) : null;
		return owner != null && owner.getThreadState() == State.RUNNABLE
				&& Stream.of(owner.getStackTrace())
					.noneMatch((top) -> top.getClassName().startsWith("sun.nio.ch.")
							|| top.getClassName().startsWith("java.net."));
	}

	private static String stack(Thread thread) {
		return Stream.of(thread.getStackTrace())
			.map((element) -> "\tat " + element)
			.collect(Collectors.joining("\n", thread.getName() + " " + thread.getState() + "\n", ""));
	}

}
