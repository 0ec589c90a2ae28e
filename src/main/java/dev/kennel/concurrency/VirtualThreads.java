package dev.kennel.concurrency;

import java.util.concurrent.ThreadFactory;

/** Factories of virtual threads for blocking tasks. */
public final class VirtualThreads {

	private VirtualThreads() {
	}

	/**
	 * Creates a factory of threads that inherit no thread-locals, and whose context class
	 * loader is the application's: with it, libraries such as JPA find their services.
	 * The system class loader, the default of such threads, can't load nested jars of an
	 * executable jar.
	 * @param prefix the prefix of thread names, before the number
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
