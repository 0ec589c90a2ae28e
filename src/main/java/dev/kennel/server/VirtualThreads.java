package dev.kennel.server;

import java.util.concurrent.ThreadFactory;

/** Virtual threads for tasks that may block. */
public final class VirtualThreads {

	private VirtualThreads() {
	}

	/**
	 * Creates a factory of threads that inherit no thread-locals, and whose context class
	 * loader is the application's: with it, libraries such as JPA find their services.
	 * The system class loader, which such threads have by default, sees no jar inside of
	 * an executable jar.
	 * @param prefix what the names of the threads begin with, before their numbers
	 * @return the factory
	 */
	public static ThreadFactory factory(String prefix) {
		ThreadFactory threads = Thread.ofVirtual().inheritInheritableThreadLocals(false).name(prefix, 1).factory();
		ClassLoader application = VirtualThreads.class.getClassLoader();
		return (task) -> {
			Thread thread = threads.newThread(task);
			thread.setContextClassLoader(application);
			return thread;
		};
	}

}
