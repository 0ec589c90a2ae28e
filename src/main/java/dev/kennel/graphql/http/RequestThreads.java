package dev.kennel.graphql.http;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * Runs each request on a virtual thread of its own: it waits for the store, for its turn
 * and for its client many times, and a thread of the operating system would have to be
 * woken each time, which costs more than all else that a small request needs.
 *
 * <p>
 * Only so many are looked at at once, since each has an answer in memory. The others wait
 * in the order in which they came. Who waits for its client to send something is not
 * counted.
 */
final class RequestThreads implements Executor {

	private final ThreadFactory threads = Thread.ofVirtual()
		.inheritInheritableThreadLocals(false)
		.name("request-", 1)
		.factory();

	private final Semaphore places;

	/**
	 * Makes threads.
	 * @param atOnce how many requests are looked at at once
	 */
	RequestThreads(int atOnce) {
		this.places = new Semaphore(atOnce, true);
	}

	@Override
	public void execute(Runnable request) {
		this.threads.newThread(request).start();
	}

	/**
	 * Waits for a place, which has to be given back. It is taken by who has the lock of
	 * its connection already, never before: others that wait for that lock, as Tomcat
	 * does to tell that a connection has been silent for too long, must not have a place,
	 * or who has the lock might wait for theirs.
	 */
	void takePlace() {
		this.places.acquireUninterruptibly();
	}

	void givePlace() {
		this.places.release();
	}

	/**
	 * Reads what a client may not have sent yet. Others have the place meanwhile: who
	 * sends slowly takes nothing of what a request needs to be run.
	 * @param read the reading, by the thread of a request
	 * @return what it returns
	 * @throws IOException as it does
	 */
	int withoutPlace(Read read) throws IOException {
		givePlace();
		try {
			return read.read();
		}
		finally {
			takePlace();
		}
	}

	/** Whether a request waits for its place. */
	boolean areAwaited() {
		return this.places.hasQueuedThreads();
	}

	/**
	 * Lets the requests that can run do so, each once at most, before this one goes on.
	 */
	@SuppressWarnings("ThreadPriorityCheck") // It is no hint for a virtual thread.
	void letOthersRun() {
		if (Thread.currentThread().isVirtual()) {
			Thread.yield();
		}
	}

	/** Waits for bytes. */
	@FunctionalInterface
	interface Read {

		int read() throws IOException;

	}

}
