package dev.kennel.concurrency;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** How what comes later has ended. */
public final class Completion {

	private Completion() {
	}

	/**
	 * Waits for a value.
	 * @param <T> the value's type
	 * @param future what the value comes with
	 * @return the value; what it has failed with is thrown as it is
	 */
	public static <T> T join(CompletableFuture<T> future) {
		try {
			return future.join();
		}
		catch (CompletionException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Returns why something has failed.
	 * @param thrown what a future has failed with
	 * @return what was thrown, without what futures wrap it in; an error is thrown
	 */
	public static RuntimeException failure(Throwable thrown) {
		return switch (thrown) {
			case CompletionException wrapped when wrapped.getCause() instanceof RuntimeException
					|| wrapped.getCause() instanceof Error ->
				failure(wrapped.getCause());
			case RuntimeException unchecked -> unchecked;
			case Error error -> throw error;
			default -> new IllegalStateException(thrown);
		};
	}

}
