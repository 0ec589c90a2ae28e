package dev.kennel.test;

import java.lang.Thread.State;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

	private static final int MIN_LOOKS = 10;

	private static final Set<State> WAITING = EnumSet.of(State.BLOCKED, State.WAITING, State.TIMED_WAITING);

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
		ThreadMXBean beans = ManagementFactory.getThreadMXBean();
		Map<Thread, Wait> waits = new HashMap<>();
		while (true) {
			long now = System.nanoTime();
			Thread[] threads = new Thread[2 * Thread.activeCount() + 16];
			int count = Thread.currentThread().getThreadGroup().enumerate(threads);
			for (int i = 0; i < count; i++) {
				Thread thread = threads[i];
				if (!thread.getName().startsWith(LOOP)) {
					continue;
				}
				ThreadInfo info = beans.getThreadInfo(thread.threadId());
				if (info == null || !WAITING.contains(info.getThreadState())) {
					waits.remove(thread);
					continue;
				}
				// Two looks are no wait: between them, this thread may have waited for a
				// processor.
				Wait first = waits.computeIfAbsent(thread, (key) -> new Wait(0, now));
				Wait wait = new Wait(first.looks() + 1, first.since());
				waits.put(thread, wait);
				if (wait.looks() > MIN_LOOKS && now - wait.since() > LIMIT.toNanos()) {
					if (info.getThreadState() != State.BLOCKED || isLockOwnerWaiting(info)) {
						WAITS.add(stack(thread.threadId()) + owner(info));
					}
					waits.remove(thread);
				}
			}
			waits.keySet().removeIf((thread) -> !thread.isAlive());
			try {
				Thread.sleep(INTERVAL);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	/**
	 * Returns whether the thread that holds the lock waits itself. One that computes,
	 * such as one that loads a class, whose URL java.net handles, waits for a processor
	 * only, on a busy machine. For the JVM, a thread that reads from a socket, or asks
	 * the operating system for an address, is runnable, too.
	 */
	private static boolean isLockOwnerWaiting(ThreadInfo blocked) {
		long ownerId = blocked.getLockOwnerId();
		// Both at the same moment: the lock may have been released since.
		ThreadInfo[] both = ManagementFactory.getThreadMXBean()
			.getThreadInfo(new long[] { blocked.getThreadId(), ownerId }, 1);
		if (both[0] == null || both[0].getThreadState() != State.BLOCKED || both[0].getLockOwnerId() != ownerId) {
			return false;
		}
		ThreadInfo owner = both[1];
		if (owner == null) {
			return true;
		}
		return switch (owner.getThreadState()) {
			case RUNNABLE -> Stream.of(owner.getStackTrace())
				.anyMatch((top) -> top.getClassName().startsWith("sun.nio.ch.")
						|| top.getClassName().matches("java\\.net\\.Inet.AddressImpl"));
			case BLOCKED -> isLockOwnerWaiting(owner);
			default -> true;
		};
	}

	private static String owner(ThreadInfo waiting) {
		return (waiting.getLockOwnerId() > 0) ? "\nfor a lock of " + stack(waiting.getLockOwnerId()) : "";
	}

	/** Returns the stack of a thread. The JVM does not tell that of a virtual one. */
	private static String stack(long threadId) {
		ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(threadId, Integer.MAX_VALUE);
		if (info == null) {
			return "thread " + threadId;
		}
		return Stream.of(info.getStackTrace())
			.map((element) -> "\tat " + element)
			.collect(Collectors.joining("\n", info.getThreadName() + " " + info.getThreadState() + "\n", ""));
	}

	/**
	 * A wait of a thread, or several that no look has found ended.
	 *
	 * @param looks how often it was seen
	 * @param since when it was first seen
	 */
	private record Wait(int looks, long since) {
	}

}
