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

	private final FairBulkhead bulkhead = new FairBulkhead(2, 2, 64);

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void concurrencyIsLimitedAndEveryCallCompletes() throws Exception {
		AtomicInteger concurrent = new AtomicInteger();
		AtomicInteger maxConcurrent = new AtomicInteger();
		// On one processor, two calls would hardly ever overlap by chance.
		CountDownLatch both = new CountDownLatch(2);
		List<Future<Integer>> all = new ArrayList<>();
		for (int thread = 0; thread < 8; thread++) {
			all.add(this.threads.submit(() -> {
				for (int round = 0; round < 500; round++) {
					this.bulkhead.call("ann", LONG, () -> {
						maxConcurrent.accumulateAndGet(concurrent.incrementAndGet(), Math::max);
						both.countDown();
						assertThat(await(both)).isTrue();
						Thread.onSpinWait();
						return concurrent.decrementAndGet();
					});
				}
				return 500;
			}));
		}
		for (Future<Integer> one : all) {
			assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(500);
		}
		assertThat(maxConcurrent).hasValue(2);
		assertThat(concurrent).hasValue(0);
	}

	@Test
	void withoutPermitReleasesThePermitMeanwhile() throws Exception {
		CountDownLatch waiting = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> this.bulkhead.call("ann", LONG, () -> FairBulkhead.withoutPermit(() -> {
				waiting.countDown();
				return await(done);
			})));
		}
		assertThat(await(waiting)).isTrue();

		assertThat(
				this.threads.submit(() -> this.bulkhead.call("ann", LONG, () -> "another")).get(20, TimeUnit.SECONDS))
			.isEqualTo("another");
		done.countDown();
	}

	@Test
	void withoutPermitReacquiresThePermitAndLeaksNone() {
		for (int round = 0; round < 5; round++) {
			assertThat(
					this.bulkhead.call("ann", LONG, () -> FairBulkhead.withoutPermit(() -> "released") + " and back"))
				.isEqualTo("released and back");
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.bulkhead.call("ann", LONG, () -> FairBulkhead.withoutPermit(() -> {
					throw new IllegalArgumentException("released");
				})));
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> this.bulkhead.call("ann", LONG, () -> {
					throw new IllegalArgumentException("with a permit");
				}));
		}
	}

	@Test
	void keyAtItsShareBlocksNoOtherKey() throws Exception {
		FairBulkhead shared = new FairBulkhead(4, 2, 64);
		CountDownLatch working = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		AtomicInteger started = new AtomicInteger();
		for (int thread = 0; thread < 6; thread++) {
			this.threads.execute(() -> shared.call("ann", LONG, () -> {
				started.incrementAndGet();
				working.countDown();
				return await(done);
			}));
		}
		assertThat(await(working)).isTrue();

		assertThat(this.threads.submit(() -> shared.call("bob", LONG, () -> "another")).get(20, TimeUnit.SECONDS))
			.isEqualTo("another");
		assertThat(started).hasValue(2);
		done.countDown();
	}

	@Test
	void waitingKeysAreServedRoundRobin() throws Exception {
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
		for (String key : List.of("ann", "ann", "ann", "bob", "bob")) {
			int before = one.waiting();
			all.add(this.threads.submit(() -> one.call(key, LONG, () -> order.add(key))));
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
	void keyWhoseHalfOfTheQueueIsFullIsRejected() throws Exception {
		FairBulkhead narrow = new FairBulkhead(1, 1, 2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> narrow.call("ann", LONG, () -> await(done)));
		}
		while (narrow.waiting() == 0) {
			Thread.onSpinWait();
		}

		// A key may use half of the queue.
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> narrow.call("ann", LONG, () -> "in"));
		assertThat(narrow.waiting()).isEqualTo(1);
		done.countDown();
	}

	@Test
	void resultIsReturnedIfThePermitCannotBeReacquired() throws Exception {
		FairBulkhead one = new FairBulkhead(1, 1, 64);
		CountDownLatch done = new CountDownLatch(1);
		CountDownLatch taken = new CountDownLatch(1);

		String result = Deadline.call(Duration.ofMillis(200),
				() -> one.call("ann", LONG, () -> FairBulkhead.withoutPermit(() -> {
					this.threads.execute(() -> one.call("bob", LONG, () -> {
						taken.countDown();
						return await(done);
					}));
					return await(taken) ? "done" : "not";
				})));

		assertThat(result).isEqualTo("done");
		done.countDown();
		assertThat(one.call("ann", LONG, () -> "and again")).isEqualTo("and again");
	}

	@Test
	void workIsNotExecutedIfTheDeadlineExpiresInTheQueue() throws Exception {
		CountDownLatch working = new CountDownLatch(2);
		CountDownLatch done = new CountDownLatch(1);
		for (int thread = 0; thread < 2; thread++) {
			this.threads.execute(() -> this.bulkhead.call("ann", LONG, () -> {
				working.countDown();
				return await(done);
			}));
		}
		assertThat(await(working)).isTrue();
		AtomicInteger ran = new AtomicInteger();

		assertThatExceptionOfType(DeadlineExceededException.class).isThrownBy(() -> Deadline.call(Duration.ofMillis(50),
				() -> this.bulkhead.call("ann", LONG, ran::incrementAndGet)));

		assertThat(ran).hasValue(0);
		done.countDown();
	}

	@Test
	void expiringTheDeadlineEndsTheWait() throws Exception {
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
