package dev.kennel.concurrency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FairBulkheadTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private static final Duration LONG = Duration.ofSeconds(20);

	private final FairBulkhead turns = new FairBulkhead(2, 2, 64);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void soManyWorkAtOnceAndAllComeToTheirTurn() throws Exception {
		AtomicInteger working = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		// On one processor, two would hardly ever meet by themselves.
		CountDownLatch both = new CountDownLatch(2);
		List<Future<Integer>> all = new ArrayList<>();
		for (int thread = 0; thread < 8; thread++) {
			all.add(this.threads.submit(() -> {
				for (int round = 0; round < 500; round++) {
					this.turns.call("ann", LONG, () -> {
						most.accumulateAndGet(working.incrementAndGet(), Math::max);
						both.countDown();
						assertThat(await(both)).isTrue();
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
			this.threads.execute(() -> this.turns.call("ann", LONG, () -> FairBulkhead.aside(() -> {
				waiting.countDown();
				return await(done);
			})));
		}
		assertThat(await(waiting)).isTrue();

		assertThat(this.threads.submit(() -> this.turns.call("ann", LONG, () -> "another")).get(20, TimeUnit.SECONDS))
			.isEqualTo("another");
		done.countDown();
	}

	@Test
	void whoHasSteppedAsideHasATurnAgainAndGivesItBack() {
		for (int round = 0; round < 5; round++) {
			assertThat(this.turns.call("ann", LONG, () -> FairBulkhead.aside(() -> "aside") + " and back"))
				.isEqualTo("aside and back");
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.turns.call("ann", LONG, () -> FairBulkhead.aside(() -> {
					throw new IllegalArgumentException("aside");
				})));
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.turns.call("ann", LONG, () -> {
					throw new IllegalArgumentException("at work");
				}));
		}
	}

	@Test
	void nobodyHasMoreThanAShareAndTheOthersGoOn() throws Exception {
		FairBulkhead shared = new FairBulkhead(4, 2, 64);
		CountDownLatch working = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		AtomicInteger begun = new AtomicInteger();
		for (int thread = 0; thread < 6; thread++) {
			this.threads.execute(() -> shared.call("ann", LONG, () -> {
				begun.incrementAndGet();
				working.countDown();
				return await(done);
			}));
		}
		assertThat(await(working)).isTrue();

		assertThat(this.threads.submit(() -> shared.call("bob", LONG, () -> "another")).get(20, TimeUnit.SECONDS))
			.isEqualTo("another");
		assertThat(begun).hasValue(2);
		done.countDown();
	}

	@Test
	void thoseWhoWaitTakeTurnsByWhomTheyWorkFor() throws Exception {
		FairBulkhead one = new FairBulkhead(1, 1, 64);
		CountDownLatch done = new CountDownLatch(1);
		CountDownLatch working = new CountDownLatch(1);
		this.threads.execute(() -> one.call("first", LONG, () -> {
			working.countDown();
			return await(done);
		}));
		assertThat(await(working)).isTrue();
		List<String> order = new CopyOnWriteArrayList<>();
		List<Future<Boolean>> all = new ArrayList<>();
		for (String whom : List.of("ann", "ann", "ann", "bob", "bob")) {
			int before = one.waiting();
			all.add(this.threads.submit(() -> one.call(whom, LONG, () -> order.add(whom))));
			while (one.waiting() == before) {
				Thread.onSpinWait();
			}
		}

		done.countDown();

		for (Future<Boolean> each : all) {
			assertThat(each.get(20, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(order).containsExactly("ann", "bob", "ann", "bob", "ann");
		assertThat(one.waiting()).isZero();
	}

	@Test
	void whereTooManyWaitNoMoreAreLetIn() throws Exception {
		FairBulkhead narrow = new FairBulkhead(1, 1, 2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> narrow.call("ann", LONG, () -> await(done)));
		}
		while (narrow.waiting() == 0) {
			Thread.onSpinWait();
		}

		// Half of the places are one's own.
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> narrow.call("ann", LONG, () -> "in"));
		assertThat(narrow.waiting()).isEqualTo(1);
		done.countDown();
	}

	@Test
	void whatWasDoneAsideIsAnsweredAlthoughThereIsNoTurnLeft() throws Exception {
		FairBulkhead one = new FairBulkhead(1, 1, 64);
		CountDownLatch done = new CountDownLatch(1);
		CountDownLatch taken = new CountDownLatch(1);

		String answer = Deadline.call(Duration.ofMillis(200), () -> one.call("ann", LONG, () -> FairBulkhead.aside(() -> {
			this.threads.execute(() -> one.call("bob", LONG, () -> {
				taken.countDown();
				return await(done);
			}));
			return await(taken) ? "done" : "not";
		})));

		assertThat(answer).isEqualTo("done");
		done.countDown();
		assertThat(one.call("ann", LONG, () -> "and again")).isEqualTo("and again");
	}

	@Test
	void whoseDeadlineComesBeforeItsTurnDoesNothing() throws Exception {
		CountDownLatch working = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> this.turns.call("ann", LONG, () -> {
				working.countDown();
				return await(done);
			}));
		}
		assertThat(await(working)).isTrue();
		AtomicInteger ran = new AtomicInteger();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(
				() -> Deadline.call(Duration.ofMillis(50), () -> this.turns.call("ann", LONG, ran::incrementAndGet)));

		assertThat(ran).hasValue(0);
		done.countDown();
	}

	@Test
	void whoseDeadlineIsBroughtForwardWaitsNoLonger() throws Exception {
		FairBulkhead one = new FairBulkhead(1, 1, 64);
		CountDownLatch working = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		this.threads.execute(() -> one.call("ann", LONG, () -> {
			working.countDown();
			return await(done);
		}));
		assertThat(await(working)).isTrue();
		AtomicInteger ran = new AtomicInteger();
		AtomicReference<Deadline> deadline = new AtomicReference<>();
		Future<Integer> waiting = this.threads.submit(() -> Deadline.call(Duration.ofDays(1), () -> {
			deadline.set(Objects.requireNonNull(Deadline.current()));
			return one.call("bob", Duration.ofDays(1), ran::incrementAndGet);
		}));
		while (one.waiting() == 0) {
			Thread.onSpinWait();
		}

		deadline.get().expire();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(DeadlineExceededException.class);
		assertThat(ran).hasValue(0);
		assertThat(one.waiting()).isZero();
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
