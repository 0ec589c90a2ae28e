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
 * Looks now and then whether something has lasted too long. One thread looks after all:
 * an alarm for each would cost more than most of what is watched, and so does a virtual
 * thread that waits for a time, for which its scheduler's timer thread is woken each
 * time.
 */
public final class Watchdog {

	/** How long it is until the next look, and so how much too late it may be. */
	private static final Duration TICK = Duration.ofMillis(50);

	private static final Logger logger = LoggerFactory.getLogger(Watchdog.class);

	private static final Set<Watchdog> ALL = ConcurrentHashMap.newKeySet();

	static {
		// Nothing of whoever happens to need it first: Tomcat would miss its end when it
		// stops.
		Thread.ofPlatform().daemon().name("watch").inheritInheritableThreadLocals(false).start(Watchdog::lookAfterAll);
	}

	private final BooleanSupplier look;

	/** Only on the thread that looks. */
	private boolean failed;

	private Watchdog(BooleanSupplier look) {
		this.look = look;
	}

	/**
	 * Begins a watch.
	 * @param look looks, and does something about it; it is called again and again, never
	 * waits long, and may be called once more right after the end
	 * @return the watch, which has to be ended
	 */
	public static Watchdog start(Runnable look) {
		return start(() -> {
			look.run();
			return true;
		});
	}

	/**
	 * Begins a watch of something that nobody may end.
	 * @param <T> what is watched
	 * @param watched what is watched; once nobody has it any more, the watch has ended
	 * @param look looks, as above; it must not have what is watched
	 * @return the watch, which should be ended
	 */
	public static <T> Watchdog start(T watched, Consumer<T> look) {
		WeakReference<T> reference = new WeakReference<>(watched);
		return start(() -> {
			T still = reference.get();
			if (still != null) {
				look.accept(still);
			}
			return still != null;
		});
	}

	private static Watchdog start(BooleanSupplier look) {
		Watchdog watch = new Watchdog(look);
		ALL.add(watch);
		return watch;
	}

	/** Ends the watch. */
	public void stop() {
		ALL.remove(this);
	}

	private static void lookAfterAll() {
		while (true) {
			try {
				Thread.sleep(TICK);
				ALL.forEach(Watchdog::lookAfterOne);
			}
			catch (InterruptedException | RuntimeException | Error ex) {
				// It goes on, and says nothing, which could fail too: nobody else keeps
				// the time.
			}
		}
	}

	private void lookAfterOne() {
		try {
			if (!this.look.getAsBoolean()) {
				stop();
			}
		}
		catch (RuntimeException | Error ex) {
			// Whatever has become of it, the others are looked after. It is said once,
			// not
			// twenty times a second.
			if (!this.failed) {
				this.failed = true;
				logger.error("What is watched could not be looked at", ex);
			}
		}
	}

}
