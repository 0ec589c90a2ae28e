package dev.kennel.engine.loader;

import java.util.concurrent.Executor;

import graphql.GraphQLContext;

/**
 * The threads on which the engine executes an operation. The application puts an instance
 * into the {@link GraphQLContext}. Without one, execution stays on the thread that starts
 * it or that completes a value.
 */
public interface ExecutionThreads {

	/** Executes everything on the current thread, which may block. */
	ExecutionThreads CURRENT = new ExecutionThreads() {

		@Override
		public boolean mayBlock() {
			return true;
		}

		@Override
		public Executor capture() {
			return Runnable::run;
		}

		@Override
		public void startBlocking(Runnable work) {
			work.run();
		}

	};

	/**
	 * Returns the threads of an operation.
	 * @param context the operation's context
	 * @return the instance that the context holds under this class, or {@link #CURRENT}
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
	 * Captures the context of the current thread, such as a deadline or the MDC.
	 * @return an executor that executes work on the calling thread, which is the one that
	 * completes a value, within this context
	 */
	Executor capture();

	/**
	 * Executes blocking work on a thread that may block, within the context of the
	 * current thread.
	 * @param work the work, which throws nothing
	 */
	void startBlocking(Runnable work);

}
