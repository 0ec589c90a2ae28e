package dev.kennel.concurrency;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watchdog: executes a check every 50 ms until it is stopped, to detect what has lasted
 * too long. One thread executes the checks of all watchdogs. A scheduled task for each
 * would cost more than most of what is watched; so would a virtual thread in a timed
 * wait, for which the timer thread of its scheduler is woken each time.
 */
public final class Watchdog {

	/** The time between two checks, and so the latest that a timeout is detected. */
	private static final Duration INTERVAL = Duration.ofMillis(50);

	private static final Logger logger = LoggerFactory.getLogger(Watchdog.class);

	private static final Set<Watchdog> ACTIVE = ConcurrentHashMap.newKeySet();

	static {
		// Inherits no thread-locals of the thread that happens to need it first.
		Thread.ofPlatform().daemon().name("watchdog").inheritInheritableThreadLocals(false).start(Watchdog::checkAll);
	}

	private final BooleanSupplier check;

	/** Confined to the watchdog thread. */
	private boolean failed;

	private Watchdog(BooleanSupplier check) {
		this.check = check;
	}

	/**
	 * Starts a watchdog.
	 * @param check the check, which acts on a timeout itself; it is executed repeatedly
	 * on the watchdog thread, does not block, and may be executed once more right after
	 * {@link #stop}
	 * @return the watchdog, which has to be stopped
	 */
	public static Watchdog start(Runnable check) {
		return start(() -> {
			check.run();
			return true;
		});
	}

	/**
	 * Starts a watchdog of an object that may become unreachable without being closed.
	 * @param <T> the type of the object
	 * @param watched the object, which is referenced weakly; once it is garbage
	 * collected, the watchdog stops
	 * @param check the check, as above; it must hold no reference to the object
	 * @return the watchdog, which should be stopped
	 */
	public static <T> Watchdog start(T watched, Consumer<T> check) {
		WeakReference<T> reference = new WeakReference<>(watched);
		return start(() -> {
			T referent = reference.get();
			if (referent != null) {
				check.accept(referent);
			}
			return referent != null;
		});
	}

	private static Watchdog start(BooleanSupplier check) {
		Watchdog watchdog = new Watchdog(check);
		ACTIVE.add(watchdog);
		return watchdog;
	}

	/** Stops the watchdog. */
	public void stop() {
		ACTIVE.remove(this);
	}

	private static void checkAll() {
		while (true) {
			try {
				Thread.sleep(INTERVAL);
				ACTIVE.forEach(Watchdog::checkOne);
			}
			catch (InterruptedException | RuntimeException | Error ex) {
				// The loop continues, since no other thread enforces timeouts. It logs
				// nothing, since logging could fail too.
			}
		}
	}

	private void checkOne() {
		try {
			if (!this.check.getAsBoolean()) {
				stop();
			}
		}
		catch (RuntimeException | Error ex) {
			// The other checks are executed all the same. The failure is logged once, and
			// not twenty times a second.
			if (!this.failed) {
				this.failed = true;
				logger.error("A check of the watchdog has failed", ex);
			}
		}
	}

}
