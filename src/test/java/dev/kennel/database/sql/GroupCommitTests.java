package dev.kennel.database.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.concurrency.Watchdog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class GroupCommitTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	/** The batches written, in order. */
	private final List<List<String>> batches = new CopyOnWriteArrayList<>();

	/** Blocks the first batch, and the single write. */
	private final CountDownLatch barrier = new CountDownLatch(1);

	/** How often the leader of a batch has released its resources. */
	private final AtomicInteger released = new AtomicInteger();

	/** The results of batches; every request is written if it is empty. */
	private Supplier<Map<String, String>> batchResults = Map::of;

	/** A request is an account, and an arbitrary suffix. */
	private GroupCommit<String, String> groupCommit = new GroupCommit<>(1, 3, (request) -> request.charAt(0),
			this::writeBatch);

	@AfterEach
	void stop() {
		this.barrier.countDown();
		this.threads.shutdownNow();
	}

	private Map<String, String> writeBatch(List<String> requests) {
		this.batches.add(requests);
		if (this.batches.size() == 1) {
			await(this.barrier);
		}
		Map<String, String> written = new HashMap<>(this.batchResults.get());
		if (written.isEmpty()) {
			requests.forEach((request) -> written.put(request, request + " with " + requests.size()));
		}
		return written;
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Future<String> write(String request) {
		return this.threads.submit(() -> write(request, () -> request + " alone"));
	}

	private String write(String request, Supplier<String> alone) {
		return this.groupCommit.write(request, alone, this.released::incrementAndGet);
	}

	/** Blocks a single write, and a batch of one behind it. */
	private List<Future<String>> occupy() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		Future<String> single = this.threads.submit(() -> write("x", () -> {
			started.countDown();
			await(this.barrier);
			return "x alone";
		}));
		await(started);
		Future<String> first = write("y");
		while (this.batches.isEmpty()) {
			Thread.sleep(1);
		}
		return List.of(single, first);
	}

	private List<Future<String>> enqueue(String... requests) throws Exception {
		List<Future<String>> all = new ArrayList<>();
		for (String request : requests) {
			all.add(write(request));
			awaitQueued(all.size());
		}
		return all;
	}

	private void awaitQueued(int count) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (this.groupCommit.queued() < count) {
			assertThat(System.nanoTime() - end).isNegative();
			Thread.sleep(1);
		}
	}

	/** Waits until every request in the queue has been checked, at the current time. */
	private static void awaitChecks() {
		// The first round may have begun before.
		CountDownLatch rounds = new CountDownLatch(3);
		Watchdog watchdog = Watchdog.start(rounds::countDown);
		await(rounds);
		watchdog.stop();
	}

	/** Up to 16 requests of as many accounts, none of which is x or y. */
	private static String[] requests(int count) {
		return IntStream.range(0, count).mapToObj((i) -> String.valueOf((char) ('A' + i))).toArray(String[]::new);
	}

	private static List<String> results(List<Future<String>> all) throws Exception {
		List<String> results = new ArrayList<>();
		for (Future<String> one : all) {
			results.add(one.get(20, TimeUnit.SECONDS));
		}
		return results;
	}

	@Test
	void loneRequestIsWrittenAlone() throws Exception {
		assertThat(results(List.of(write("a")))).containsExactly("a alone");
		assertThat(this.batches).isEmpty();
	}

	@Test
	void requestsDuringAWriteAreBatched() throws Exception {
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue("a", "b", "c", "d");
		this.barrier.countDown();

		assertThat(results(first)).containsExactly("x alone", "y with 1");
		assertThat(results(all)).containsExactly("a with 3", "b with 3", "c with 3", "d with 1");
		assertThat(this.batches).containsExactly(List.of("y"), List.of("a", "b", "c"), List.of("d"));
		assertThat(this.released).hasValue(3);
	}

	@Test
	void secondBatchIsSentConcurrentlyIfManyRequestsWait() throws Exception {
		this.groupCommit = new GroupCommit<>(2, 64, (request) -> request.charAt(0), this::writeBatch, () -> 0);
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue(requests(GroupCommit.CONCURRENT_QUEUE_LENGTH - 1));
		awaitChecks();
		assertThat(this.batches).containsExactly(List.of("y"));
		all.add(write("a"));

		assertThat(results(all)).hasSize(16).allSatisfy((one) -> assertThat(one).endsWith(" with 16"));
		assertThat(first.getLast()).isNotDone();
		this.barrier.countDown();
		assertThat(results(first)).containsExactly("x alone", "y with 1");
	}

	/** It is not in this batch, since another request of its account is. */
	@Test
	void requestWaitsForItsOwnBatchAfterItHasStartedAnother() throws Exception {
		this.groupCommit = new GroupCommit<>(2, 64, (request) -> request.charAt(0), this::writeBatch, () -> 0);
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue(requests(GroupCommit.CONCURRENT_QUEUE_LENGTH - 1));
		Future<String> second = write("A2");
		assertThat(results(all)).hasSize(15).allSatisfy((one) -> assertThat(one).endsWith(" with 15"));
		assertThat(this.groupCommit.queued()).isOne();

		List<Future<String>> others = new ArrayList<>();
		others.add(write("B2"));
		awaitQueued(2);
		others.add(write("C2"));
		awaitQueued(3);
		this.barrier.countDown();
		assertThat(results(others)).containsExactly("B2 with 3", "C2 with 3");
		assertThat(results(List.of(second))).containsExactly("A2 with 3");
		assertThat(this.batches).containsExactly(List.of("y"), List.of(requests(15)), List.of("A2", "B2", "C2"));
		assertThat(this.released).hasValue(3);
		assertThat(results(first)).containsExactly("x alone", "y with 1");
		assertThat(results(List.of(write("A3")))).containsExactly("A3 alone");
	}

	@Test
	void requestsThatHaveWaitedForLongAreSentInAConcurrentBatch() throws Exception {
		AtomicLong time = new AtomicLong();
		this.groupCommit = new GroupCommit<>(2, 64, (request) -> request.charAt(0), this::writeBatch, time::get);
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue("a", "b");
		time.addAndGet(GroupCommit.MAX_WAIT.toNanos() - 1);
		awaitChecks();
		assertThat(this.batches).containsExactly(List.of("y"));
		time.incrementAndGet();

		assertThat(results(all)).containsExactly("a with 2", "b with 2");
		// The batch that lasts delays no further request.
		assertThat(results(List.of(write("c")))).containsExactly("c with 1");
		assertThat(first.getLast()).isNotDone();
		this.barrier.countDown();
		assertThat(results(first)).containsExactly("x alone", "y with 1");
	}

	/** Its account may be locked: that says nothing about the batches in flight. */
	@Test
	void requestWaitingForItsAccountSendsNoConcurrentBatch() throws Exception {
		AtomicLong time = new AtomicLong();
		this.groupCommit = new GroupCommit<>(2, 64, (request) -> request.charAt(0), this::writeBatch, time::get);
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue("x2");
		time.addAndGet(GroupCommit.MAX_WAIT.toNanos());
		all.add(write("a"));
		awaitQueued(2);
		awaitChecks();

		assertThat(this.batches).containsExactly(List.of("y"));
		this.barrier.countDown();
		assertThat(results(first)).containsExactly("x alone", "y with 1");
		assertThat(results(all)).hasSize(2);
	}

	@Test
	void batchEndsEvenIfItsLeaderFailsToReleaseItsResources() throws Exception {
		List<Future<String>> first = occupy();
		Future<String> leader = this.threads.submit(() -> this.groupCommit.write("a", () -> "a alone", () -> {
			throw new IllegalStateException("The connection could not be given back");
		}));
		awaitQueued(1);
		Future<String> other = write("b");
		awaitQueued(2);
		this.barrier.countDown();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> leader.get(20, TimeUnit.SECONDS))
			.withMessageContaining("could not be given back");
		assertThat(results(List.of(other))).containsExactly("b with 2");
		assertThat(results(first)).containsExactly("x alone", "y with 1");
		assertThat(results(List.of(write("a")))).containsExactly("a alone");
	}

	@Test
	void batchHasOneRequestPerAccountAndNoneWithAWriteInFlight() throws Exception {
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue("y1", "a1", "a2", "b1", "a3", "x1");
		this.barrier.countDown();

		results(first);
		assertThat(results(all)).doesNotContainNull();
		assertThat(this.batches)
			.allSatisfy((batch) -> assertThat(batch).extracting((one) -> one.charAt(0)).doesNotHaveDuplicates());
		assertThat(this.batches.stream().flatMap(List::stream)).containsSubsequence("a1", "a2", "a3")
			.containsOnlyOnce("y1", "b1", "x1");
	}

	@Test
	void requestLeftOutOfABatchIsWrittenAlone() throws Exception {
		List<Future<String>> first = occupy();
		List<Future<String>> all = enqueue("a", "b", "c");
		this.batchResults = () -> Map.of("b", "b written");
		this.barrier.countDown();

		assertThat(results(List.of(first.getLast()))).containsExactly("y alone");
		assertThat(results(all)).containsExactly("a alone", "b written", "c alone");
	}

	@Test
	void requestsOfARefusedBatchAreWrittenAlone() throws Exception {
		occupy();
		List<Future<String>> all = enqueue("a", "b", "c");
		this.batchResults = () -> {
			throw refusal();
		};
		this.barrier.countDown();

		assertThat(results(all)).containsExactly("a alone", "b alone", "c alone");
	}

	@Test
	void batchWithUnknownOutcomeIsNotRetried() throws Exception {
		occupy();
		List<Future<String>> all = enqueue("a", "b", "c");
		this.batchResults = () -> {
			throw unknownOutcome();
		};
		this.barrier.countDown();

		for (Future<String> one : all) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> one.get(20, TimeUnit.SECONDS))
				.withRootCauseInstanceOf(SQLException.class);
		}
		this.batchResults = Map::of;
		assertThat(results(List.of(write("a")))).containsExactly("a alone");
	}

	@Test
	void requestsAreWrittenAloneIfTheLeaderGetsNoConnection() throws Exception {
		occupy();
		List<Future<String>> all = enqueue("a", "b", "c");
		this.batchResults = () -> {
			throw new CannotGetJdbcConnectionException("The pool is exhausted");
		};
		this.barrier.countDown();

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> all.getFirst().get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(CannotGetJdbcConnectionException.class);
		assertThat(results(all.subList(1, 3))).containsExactly("b alone", "c alone");
	}

	@Test
	void requestsAreWrittenAloneIfTheLeadersDeadlineExpires() throws Exception {
		occupy();
		List<Future<String>> all = enqueue("a", "b", "c");
		this.batchResults = () -> {
			throw new DeadlineExceededException();
		};
		this.barrier.countDown();

		assertThat(results(all)).containsExactly("a alone", "b alone", "c alone");
	}

	/** Citus refuses a statement with rows on several shards, each time it is sent. */
	@Test
	void noBatchIsSentAfterOneWasUnsupported() throws Exception {
		occupy();
		List<Future<String>> all = enqueue("a", "b", "c", "d", "e");
		this.batchResults = () -> {
			throw new UncategorizedSQLException("write", "",
					new PSQLException(new ServerErrorMessage("SERROR\0C0A000\0MUnsupported\0RErrorIfUnsupported\0")));
		};
		this.barrier.countDown();

		assertThat(results(all)).containsExactly("a alone", "b alone", "c alone", "d alone", "e alone");
		assertThat(results(List.of(write("f"), write("g")))).containsExactly("f alone", "g alone");
		assertThat(this.batches).hasSize(1);
	}

	@Test
	void queuedRequestFailsAtItsDeadlineAndIsNotWritten() throws Exception {
		occupy();
		Future<String> late = this.threads
			.submit(() -> Deadline.call(Duration.ofMillis(20), () -> write("a", () -> "a alone")));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> late.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(DatabaseUnavailableException.class);
		assertThat(this.groupCommit.queued()).isZero();
		this.barrier.countDown();
		assertThat(results(List.of(write("b")))).hasSize(1);
		assertThat(this.batches.stream().flatMap(List::stream)).doesNotContain("a");
	}

	@Test
	void blockedSingleWriteDoesNotBlockBatches() throws Exception {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch stuck = new CountDownLatch(1);
		Future<String> single = this.threads.submit(() -> write("x", () -> {
			started.countDown();
			await(stuck);
			return "x alone";
		}));
		await(started);
		this.barrier.countDown();

		assertThat(results(List.of(write("a")))).containsExactly("a with 1");
		assertThat(results(List.of(write("b")))).containsExactly("b with 1");
		assertThat(single).isNotDone();
		stuck.countDown();
		assertThat(results(List.of(single))).containsExactly("x alone");
	}

	@Test
	void concurrentRequestsAreWrittenOnce() throws Exception {
		this.barrier.countDown();
		AtomicInteger alone = new AtomicInteger();
		List<Future<Integer>> all = new ArrayList<>();
		for (int thread = 0; thread < 16; thread++) {
			String account = String.valueOf((char) ('a' + thread / 2));
			int number = thread;
			all.add(this.threads.submit(() -> {
				for (int round = 0; round < 500; round++) {
					String request = account + number + "-" + round;
					assertThat(write(request, () -> {
						alone.incrementAndGet();
						return request;
					})).startsWith(request);
				}
				return 500;
			}));
		}
		for (Future<Integer> one : all) {
			assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(500);
		}

		List<String> batched = this.batches.stream().flatMap(List::stream).toList();
		assertThat(batched).doesNotHaveDuplicates().hasSize(16 * 500 - alone.get());
		assertThat(this.groupCommit.queued()).isZero();
	}

	/**
	 * Batches last, fail or leave requests out; requests of the same account meet, expire
	 * or are interrupted.
	 */
	@Test
	void everyRequestReturnsAndIsWrittenOnceIfItSucceeds() throws Exception {
		Map<String, Integer> writes = new ConcurrentHashMap<>();
		Set<String> succeeded = ConcurrentHashMap.newKeySet();
		this.groupCommit = new GroupCommit<>(2, 64, (request) -> request.substring(0, request.indexOf('-')),
				(requests) -> writeUnreliably(requests, writes));
		ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
		try {
			List<Future<Integer>> all = new ArrayList<>();
			for (int client = 0; client < 64; client++) {
				int number = client;
				all.add(clients.submit(() -> {
					for (int round = 0; round < 100; round++) {
						String request = ThreadLocalRandom.current().nextInt(100) + "-" + number + "-" + round;
						if (isWritten(request, writes)) {
							succeeded.add(request);
						}
					}
					return 100;
				}));
			}
			for (Future<Integer> one : all) {
				assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(100);
			}
		}
		finally {
			clients.shutdownNow();
		}

		assertThat(writes.values()).isNotEmpty().containsOnly(1);
		assertThat(succeeded).isEqualTo(writes.keySet());
		assertThat(this.groupCommit.queued()).isZero();
		// Only if no account and no batch is thought to be in flight.
		assertThat(write("0-last", () -> "alone")).isEqualTo("alone");
	}

	private boolean isWritten(String request, Map<String, Integer> writes) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		Supplier<String> write = () -> write(request, () -> {
			writes.merge(request, 1, Integer::sum);
			return request;
		});
		if (random.nextInt(50) == 0) {
			Thread.currentThread().interrupt();
		}
		try {
			Duration time = Duration.ofMillis(random.nextInt(1, 100));
			String result = (random.nextInt(10) == 0) ? Deadline.call(time, write) : write.get();
			return result.equals(request);
		}
		catch (RuntimeException ex) {
			// The batch has failed, or the write has not started.
			return false;
		}
		finally {
			// The next request is another one.
			Thread.interrupted();
		}
	}

	private static Map<String, String> writeUnreliably(List<String> requests, Map<String, Integer> writes) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos((random.nextInt(100) == 0) ? 120_000 : 500));
		return switch (random.nextInt(20)) {
			case 0 -> throw new DeadlineExceededException();
			case 1 -> throw refusal();
			case 2 -> throw unknownOutcome();
			default -> writeMost(requests, writes);
		};
	}

	private static Map<String, String> writeMost(List<String> requests, Map<String, Integer> writes) {
		Map<String, String> written = new HashMap<>();
		for (String request : requests) {
			if (ThreadLocalRandom.current().nextInt(20) > 0) {
				writes.merge(request, 1, Integer::sum);
				written.put(request, request);
			}
		}
		return written;
	}

	private static RuntimeException refusal() {
		return new DataIntegrityViolationException("No owner",
				new PSQLException(new ServerErrorMessage("SERROR\0C23503\0Mno such owner\0")));
	}

	private static RuntimeException unknownOutcome() {
		return new UncategorizedSQLException("write", null,
				new PSQLException("The connection is gone", PSQLState.CONNECTION_FAILURE));
	}

}
