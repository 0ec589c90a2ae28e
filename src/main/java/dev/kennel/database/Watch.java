package dev.kennel.database;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then whether something has lasted too long. One thread looks after all:
 * an alarm for each would cost more than most of what is watched, and so does a virtual
 * thread that waits for a time, for which its scheduler's timer thread is woken each
 * time.
 */
final class Watch {

	/** How long it is until the next look, and so how much too late it may be. */
	private static final Duration TICK = Duration.ofMillis(50);

	private static final Logger logger = LoggerFactory.getLogger(Watch.class);

	private static final Set<Watch> ALL = ConcurrentHashMap.newKeySet();

	static {
		Thread.ofPlatform().daemon().name("watch").start(Watch::lookAfterAll);
	}

	private final Runnable look;

	private Watch(Runnable look) {
		this.look = look;
	}

	/**
	 * Begins a watch.
	 * @param look looks, and does something about it; it is called again and again, never
	 * waits long, and may be called once more right after the end
	 * @return the watch, which has to be ended
	 */
	static Watch begin(Runnable look) {
		Watch watch = new Watch(look);
		ALL.add(watch);
		return watch;
	}

	void end() {
		ALL.remove(this);
	}

	private static void lookAfterAll() {
		while (true) {
			try {
				Thread.sleep(TICK);
				ALL.forEach(Watch::lookAfterOne);
			}
			catch (InterruptedException | RuntimeException | Error ex) {
				// It goes on, and says nothing, which could fail too: nobody else keeps
				// the time.
			}
		}
	}

	private void lookAfterOne() {
		try {
			this.look.run();
		}
		catch (RuntimeException | Error ex) {
			// Whatever has become of it, the others are looked after.
			logger.error("What is watched could not be looked at", ex);
		}
	}

}
