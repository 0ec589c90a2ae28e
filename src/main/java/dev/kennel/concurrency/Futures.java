package dev.kennel.concurrency;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Unwraps the outcome of futures. */
public final class Futures {

	private Futures() {
	}

	/**
	 * Waits for the value of a future. Its failure is thrown without the wrapping
	 * {@link CompletionException}.
	 * @param <T> the type of the value
	 * @param future the future
	 * @return the value
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
	 * Returns the cause of a future's failure.
	 * @param thrown the failure, which a {@link CompletionException} may wrap
	 * @return the unwrapped exception; an {@link Error} is thrown
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
