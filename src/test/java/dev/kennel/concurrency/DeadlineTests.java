package dev.kennel.concurrency;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlineTests {

	@Test
	void workWithAFinishedStatementCompletesBeforeItIsAborted() {
		AtomicInteger checks = new AtomicInteger();
		CompletableFuture<Integer> checksUntilAction = new CompletableFuture<>();
		Deadline deadline = Deadline.begin(Duration.ofDays(1));
		try {
			deadline.onTimeout(() -> checksUntilAction.complete(checks.get()));

			// The database is awaited in the first three checks.
			deadline.onExpiry((graceOver) -> checks.incrementAndGet() <= 3);
			deadline.expire();

			assertThat(checksUntilAction.join()).isEqualTo(3 + 11);
		}
		finally {
			deadline.close();
		}
	}

}
