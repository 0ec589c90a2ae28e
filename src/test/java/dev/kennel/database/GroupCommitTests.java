package dev.kennel.database;

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

	/** What was written with one call, in order. */
	private final List<List<String>> groups = new CopyOnWriteArrayList<>();

	/** The first group waits here, and whoever is alone. */
	private final CountDownLatch door = new CountDownLatch(1);

	/** How often somebody who has written for a group has given back what that took. */
	private final AtomicInteger released = new AtomicInteger();

	/** What happens to groups of several. */
	private Supplier<Map<String, String>> several = Map::of;

	/** A request is an account and, after it, what it wants. */
	private final GroupCommit<String, String> commit = new GroupCommit<>(1, 3, (request) -> request.charAt(0),
			this::together);

	@AfterEach
	void stop() {
		this.door.countDown();
		this.threads.shutdownNow();
	}

	private Map<String, String> together(List<String> requests) {
		this.groups.add(requests);
		if (this.groups.size() == 1) {
			await(this.door);
		}
		Map<String, String> written = new HashMap<>(this.several.get());
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
		return this.commit.write(request, alone, this.released::incrementAndGet);
	}

	/** Somebody who is alone, and a group of one behind it, both of whom wait. */
	private List<Future<String>> occupy() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		Future<String> single = this.threads.submit(() -> write("x", () -> {
			begun.countDown();
			await(this.door);
			return "x alone";
		}));
		await(begun);
		Future<String> first = write("y");
		while (this.groups.isEmpty()) {
			Thread.sleep(1);
		}
		return List.of(single, first);
	}

	private List<Future<String>> gather(String... requests) throws Exception {
		List<Future<String>> all = new ArrayList<>();
		for (String request : requests) {
			all.add(write(request));
			while (this.commit.waiting() < all.size()) {
				Thread.sleep(1);
			}
		}
		return all;
	}

	private static List<String> answers(List<Future<String>> all) throws Exception {
		List<String> answers = new ArrayList<>();
		for (Future<String> one : all) {
			answers.add(one.get(20, TimeUnit.SECONDS));
		}
		return answers;
	}

	@Test
	void whoComesAloneWritesAlone() throws Exception {
		assertThat(answers(List.of(write("a")))).containsExactly("a alone");
		assertThat(this.groups).isEmpty();
	}

	@Test
	void whoComesWhileOthersWriteIsWrittenWithThoseWhoWaitToo() throws Exception {
		List<Future<String>> first = occupy();
		List<Future<String>> all = gather("a", "b", "c", "d");
		this.door.countDown();

		assertThat(answers(first)).containsExactly("x alone", "y with 1");
		assertThat(answers(all)).containsExactly("a with 3", "b with 3", "c with 3", "d with 1");
		assertThat(this.groups).containsExactly(List.of("y"), List.of("a", "b", "c"), List.of("d"));
		assertThat(this.released).hasValue(3);
	}

	@Test
	void ofOneAccountOnlyOneIsInAGroupAndNoneWhileAnotherIsWritten() throws Exception {
		List<Future<String>> first = occupy();
		List<Future<String>> all = gather("y1", "a1", "a2", "b1", "a3", "x1");
		this.door.countDown();

		answers(first);
		assertThat(answers(all)).doesNotContainNull();
		assertThat(this.groups)
			.allSatisfy((group) -> assertThat(group).extracting((one) -> one.charAt(0)).doesNotHaveDuplicates());
		assertThat(this.groups.stream().flatMap(List::stream)).containsSubsequence("a1", "a2", "a3")
			.containsOnlyOnce("y1", "b1", "x1");
	}

	@Test
	void whatAGroupHasLeftOutIsWrittenAlone() throws Exception {
		List<Future<String>> first = occupy();
		List<Future<String>> all = gather("a", "b", "c");
		this.several = () -> Map.of("b", "b written");
		this.door.countDown();

		assertThat(answers(List.of(first.getLast()))).containsExactly("y alone");
		assertThat(answers(all)).containsExactly("a alone", "b written", "c alone");
	}

	@Test
	void whatTheStoreRefusesAGroupIsWrittenAlone() throws Exception {
		occupy();
		List<Future<String>> all = gather("a", "b", "c");
		this.several = () -> {
			throw new DataIntegrityViolationException("No owner",
					new PSQLException(new ServerErrorMessage("SERROR\0C23503\0Mno such owner\0")));
		};
		this.door.countDown();

		assertThat(answers(all)).containsExactly("a alone", "b alone", "c alone");
	}

	@Test
	void whatNobodyKnowsIsNotWrittenAgain() throws Exception {
		occupy();
		List<Future<String>> all = gather("a", "b", "c");
		this.several = () -> {
			throw new UncategorizedSQLException("write", null,
					new PSQLException("The connection is gone", PSQLState.CONNECTION_FAILURE));
		};
		this.door.countDown();

		for (Future<String> one : all) {
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> one.get(20, TimeUnit.SECONDS))
				.withRootCauseInstanceOf(SQLException.class);
		}
		this.several = Map::of;
		assertThat(answers(List.of(write("a")))).containsExactly("a alone");
	}

	@Test
	void ifTheTimeOfWhoWritesIsOverTheOthersWriteAlone() throws Exception {
		occupy();
		List<Future<String>> all = gather("a", "b", "c");
		this.several = () -> {
			throw new DeadlineExceededException();
		};
		this.door.countDown();

		assertThat(answers(all)).containsExactly("a alone", "b alone", "c alone");
	}

	@Test
	void whoHasNoTimeLeftStopsWaitingAndIsNotWritten() throws Exception {
		occupy();
		Future<String> late = this.threads
			.submit(() -> Deadline.call(Duration.ofMillis(20), () -> write("a", () -> "a alone")));

		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> late.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(DeadlineExceededException.class);
		assertThat(this.commit.waiting()).isZero();
		this.door.countDown();
		assertThat(answers(List.of(write("b")))).hasSize(1);
		assertThat(this.groups.stream().flatMap(List::stream)).doesNotContain("a");
	}

	@Test
	void whoIsStuckAloneKeepsNobodyElseWaiting() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch stuck = new CountDownLatch(1);
		Future<String> single = this.threads.submit(() -> write("x", () -> {
			begun.countDown();
			await(stuck);
			return "x alone";
		}));
		await(begun);
		this.door.countDown();

		assertThat(answers(List.of(write("a")))).containsExactly("a with 1");
		assertThat(answers(List.of(write("b")))).containsExactly("b with 1");
		assertThat(single).isNotDone();
		stuck.countDown();
		assertThat(answers(List.of(single))).containsExactly("x alone");
	}

	@Test
	void eachOfManyAtTheSameTimeIsWrittenOnce() throws Exception {
		this.door.countDown();
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

		List<String> together = this.groups.stream().flatMap(List::stream).toList();
		assertThat(together).doesNotHaveDuplicates().hasSize(16 * 500 - alone.get());
		assertThat(this.commit.waiting()).isZero();
	}

}
