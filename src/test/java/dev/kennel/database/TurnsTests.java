package dev.kennel.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TurnsTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Turns turns = new Turns(2);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void soManyWorkAtOnceAndAllComeToTheirTurn() throws Exception {
		AtomicInteger working = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Future<Integer>> all = new ArrayList<>();
		for (int thread = 0; thread < 8; thread++) {
			all.add(this.threads.submit(() -> {
				for (int round = 0; round < 500; round++) {
					this.turns.call(() -> {
						most.accumulateAndGet(working.incrementAndGet(), Math::max);
						Thread.onSpinWait();
						return working.decrementAndGet();
					});
				}
				return 500;
			}));
		}
		for (Future<Integer> one : all) {
			assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(500);
		}
		assertThat(most).hasValue(2);
		assertThat(working).hasValue(0);
	}

	@Test
	void whoStepsAsideLetsAnotherIn() throws Exception {
		CountDownLatch waiting = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> this.turns.call(() -> Turns.aside(() -> {
				waiting.countDown();
				return await(done);
			})));
		}
		assertThat(await(waiting)).isTrue();

		assertThat(this.threads.submit(() -> this.turns.call(() -> "another")).get(20, TimeUnit.SECONDS))
			.isEqualTo("another");
		done.countDown();
	}

	@Test
	void whoHasSteppedAsideHasATurnAgainAndGivesItBack() {
		for (int round = 0; round < 5; round++) {
			assertThat(this.turns.call(() -> Turns.aside(() -> "aside") + " and back")).isEqualTo("aside and back");
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.turns.call(() -> Turns.aside(() -> {
					throw new IllegalArgumentException("aside");
				})));
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.turns.call(() -> {
				throw new IllegalArgumentException("at work");
			}));
		}
	}

	@Test
	void aTurnWithinATurnIsTheSame() {
		Turns one = new Turns(1);

		assertThat(one.call(() -> one.call(() -> "within"))).isEqualTo("within");
	}

	@Test
	void whoseDeadlineComesBeforeItsTurnDoesNothing() throws Exception {
		CountDownLatch working = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> this.turns.call(() -> {
				working.countDown();
				return await(done);
			}));
		}
		assertThat(await(working)).isTrue();
		AtomicInteger ran = new AtomicInteger();

		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.call(Duration.ofMillis(50), () -> this.turns.call(ran::incrementAndGet)));

		assertThat(ran).hasValue(0);
		done.countDown();
	}

	private static boolean await(CountDownLatch latch) {
		try {
			return latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
