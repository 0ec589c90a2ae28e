package dev.kennel.engine;

import graphql.GraphQLContext;

/**
 * The threads on which the engine executes an operation. The application puts its own
 * into the operation's context; without one, everything is executed on the thread on
 * which it is started or on which a value arrives.
 */
public interface ExecutionThreads {

	/** Executes everything on the current thread, which may block. */
	ExecutionThreads CURRENT = new ExecutionThreads() {

		@Override
		public boolean mayBlock() {
			return true;
		}

		@Override
		public Runnable continuation(Runnable work) {
			return work;
		}

		@Override
		public void startBlocking(Runnable work) {
			work.run();
		}

	};

	/**
	 * Returns the threads of an operation.
	 * @param context the operation's context
	 * @return those that were put into it under this class, or {@link #CURRENT}
	 */
	static ExecutionThreads of(GraphQLContext context) {
		return context.getOrDefault(ExecutionThreads.class, CURRENT);
	}

	/**
	 * Returns whether the current thread may block.
	 * @return false on an event loop, where blocking would delay every other connection
	 */
	boolean mayBlock();

	/**
	 * Returns work that continues the operation on whichever thread completes a value:
	 * what the current thread holds of the operation, such as its deadline, is restored
	 * there.
	 * @param work the work
	 * @return the work, with the context of the current thread
	 */
	Runnable continuation(Runnable work);

	/**
	 * Starts work that may block on a thread that may, with the context of the current
	 * thread.
	 * @param work the work, which throws nothing
	 */
	void startBlocking(Runnable work);

}
