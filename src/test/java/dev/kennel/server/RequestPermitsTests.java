package dev.kennel.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RequestPermitsTests {

	@Test
	void requestsBeyondThePermitsWaitInTheirOrderAndOnlySoMany() throws InterruptedException {
		RequestPermits permits = new RequestPermits(1, 2);
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch last = new CountDownLatch(1);
		List<Integer> run = new CopyOnWriteArrayList<>();
		permits.execute(() -> await(first));
		permits.execute(() -> run.add(1));
		permits.execute(() -> {
			run.add(2);
			last.countDown();
		});

		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> permits.execute(() -> run.add(3)));
		assertThat(run).isEmpty();
		first.countDown();
		last.await();

		assertThat(run).containsExactly(1, 2);
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
