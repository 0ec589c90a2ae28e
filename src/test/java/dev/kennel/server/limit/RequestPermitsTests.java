package dev.kennel.server.limit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RequestPermitsTests {

	@Test
	void requestsAreQueuedInOrderUpToTheLimit() throws InterruptedException {
		RequestPermits permits = new RequestPermits(1, 2);
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch last = new CountDownLatch(1);
		List<Integer> executed = new CopyOnWriteArrayList<>();
		permits.execute(() -> await(first));
		permits.execute(() -> executed.add(1));
		permits.execute(() -> {
			executed.add(2);
			last.countDown();
		});

		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> permits.execute(() -> executed.add(3)));
		assertThat(executed).isEmpty();
		first.countDown();
		last.await();

		assertThat(executed).containsExactly(1, 2);
	}

	@Test
	void failedRequestReturnsItsPermit() throws InterruptedException {
		RequestPermits permits = new RequestPermits(1, 2);
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch next = new CountDownLatch(1);
		permits.execute(() -> {
			await(first);
			throw new IllegalStateException();
		});
		permits.execute(next::countDown);

		first.countDown();

		next.await();
		while (permits.taken() > 0) {
			Thread.onSpinWait();
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
