package dev.kennel.database.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

import org.springframework.dao.DataIntegrityViolationException;
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
	private final GroupCommit<String, String> groupCommit = new GroupCommit<>(1, 3, (request) -> request.charAt(0),
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
			while (this.groupCommit.queued() < all.size()) {
				Thread.sleep(1);
			}
		}
		return all;
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
			throw new DataIntegrityViolationException("No owner",
					new PSQLException(new ServerErrorMessage("SERROR\0C23503\0Mno such owner\0")));
		};
		this.barrier.countDown();

		assertThat(results(all)).containsExactly("a alone", "b alone", "c alone");
	}

	@Test
	void batchWithUnknownOutcomeIsNotRetried() throws Exception {
		occupy();
		List<Future<String>> all = enqueue("a", "b", "c");
		this.batchResults = () -> {
			throw new UncategorizedSQLException("write", null,
					new PSQLException("The connection is gone", PSQLState.CONNECTION_FAILURE));
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

}
