package dev.kennel.throttle;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.kennel.error.ApiException;
import dev.kennel.test.Api;
import dev.kennel.test.HashRecorder;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
class PasswordHashBulkheadTests {

	private final Api api;

	private final PasswordHashBulkhead bulkhead;

	private final HashRecorder hashes;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final String name = "b" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	PasswordHashBulkheadTests(Api api, PasswordHashBulkhead bulkhead, HashRecorder hashes, JdbcClient jdbc,
			DataSource dataSource) {
		this.api = api;
		this.bulkhead = bulkhead;
		this.hashes = hashes;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
	}

	private <T> T hash(PasswordHashBulkhead bulkhead, String address, Supplier<T> hash) {
		return bulkhead.execute(TestClient.at(address), hash);
	}

	private static PasswordHashBulkhead bulkhead(int concurrency) {
		return new PasswordHashBulkhead(new ThrottleProperties(1, 1, 2, 1, 1, 1, concurrency, 64));
	}

	@Test
	void hashesBeyondTheQueueOrASitesHalfOfItAreRefused() throws Exception {
		PasswordHashBulkhead full = bulkhead(2);
		CompletableFuture<String> open = new CompletableFuture<>();
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			try {
				List<Future<String>> inside = new ArrayList<>();
				for (String site : List.of("2001:db8:a", "2001:db8:b")) {
					int before = full.waiting();
					for (int i = 0; i < 32 + (site.endsWith("a") ? 2 : 0); i++) {
						String address = site + ":" + i + "::1";
						inside.add(executor.submit(() -> hash(full, address, open::join)));
					}
					TestMail.await(full::waiting, (waiting) -> waiting == before + 32);
					assertThatExceptionOfType(ApiException.class)
						.isThrownBy(() -> hash(full, site + ":ffff::1", () -> "in"));
					assertThat(full.waiting()).isEqualTo(before + 32);
				}

				assertThatExceptionOfType(ApiException.class).isThrownBy(() -> hash(full, "10.0.0.1", () -> "in"))
					.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("retryAfter", 1L));

				open.complete("in");
				for (Future<String> one : inside) {
					assertThat(one.get()).isEqualTo("in");
				}
			}
			finally {
				open.complete("in");
			}
		}
		assertThat(full.waiting()).isZero();
		assertThat(hash(full, "2001:db8:a::1", () -> "in")).isEqualTo("in");
	}

	@Test
	void defaultConcurrencyIsHalfOfTheProcessors() throws Exception {
		int half = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
		PasswordHashBulkhead bulkhead = bulkhead(0);
		CompletableFuture<String> open = new CompletableFuture<>();
		AtomicInteger running = new AtomicInteger();
		List<Future<String>> hashes = new ArrayList<>();
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			try {
				for (int i = 0; i <= half; i++) {
					String address = "10.0.0." + i;
					hashes.add(executor.submit(() -> hash(bulkhead, address, () -> {
						running.incrementAndGet();
						return open.join();
					})));
				}
				TestMail.await(bulkhead::waiting, (waiting) -> waiting == 1);
				TestMail.await(running::get, (number) -> number == half);
			}
			finally {
				open.complete("in");
			}
			for (Future<String> hash : hashes) {
				assertThat(hash.get()).isEqualTo("in");
			}
		}
	}

	@Test
	void queuedHashesAreServedRoundRobinBySite() throws Exception {
		PasswordHashBulkhead one = bulkhead(1);
		CompletableFuture<String> open = new CompletableFuture<>();
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			try {
				CountDownLatch inside = new CountDownLatch(1);
				Future<String> first = executor.submit(() -> hash(one, "2001:db8:a::1", () -> {
					inside.countDown();
					return open.join();
				}));
				inside.await();
				for (String address : List.of("2001:db8:a:1::1", "2001:db8:a:2::1", "2001:db8:a:3::1",
						"2001:db8:b::1")) {
					int before = one.waiting();
					Future<Boolean> queued = executor.submit(() -> hash(one, address, () -> order.add(address)));
					TestMail.await(one::waiting, (waiting) -> waiting == before + 1);
					assertThat(queued.isDone()).isFalse();
				}
				assertThat(order).isEmpty();
				open.complete("in");
				assertThat(first.get()).isEqualTo("in");
			}
			finally {
				open.complete("in");
			}
		}

		assertThat(order).containsExactly("2001:db8:a:1::1", "2001:db8:b::1", "2001:db8:a:2::1", "2001:db8:a:3::1");
	}

	@Test
	void floodOfLogInsHashesTwoPasswordsAtOnceAndDelaysNothingElse() throws Exception {
		Api ann = this.api.signUp(this.name);
		ann.createOwner("Ann");
		String limited = this.name + "-limited";
		SmallBuckets.exhaustName(this.dataSource, limited);
		List<Future<String>> flood = new ArrayList<>();
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			this.hashes.holding(() -> {
				for (int i = 0; i < 20; i++) {
					Api stranger = this.api.from(TestClient.address());
					String username = this.name + i;
					flood.add(executor.submit(() -> stranger.login(username, "a guess").codes().getFirst()));
				}
				TestMail.await(this.bulkhead::waiting, (waiting) -> waiting == 18);

				assertThat(this.hashes.running()).isEqualTo(2);
				assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
					.containsExactly("Ann");
				assertThat(ann.createOwner("Ben")).startsWith("own_");
				assertThat(this.api.from(TestClient.address()).requestPasswordReset(this.email).codes()).isEmpty();
				assertThat(this.api.execute("mutation { verifyEmail(input: { token: \"nonsense\" }) { user { id } } }")
					.codes()).containsExactly("BAD_USER_INPUT");
				assertThat(this.api.login(limited, "a guess").codes()).containsExactly("RATE_LIMITED");
				assertThat(flood.stream().filter(Future::isDone)).isEmpty();
			});
			for (Future<String> code : flood) {
				assertThat(code.get()).isEqualTo("UNAUTHENTICATED");
			}
		}
		assertThat(this.hashes.most()).isEqualTo(2);
	}

	/** Log-ins that wait for the account's row are as many as the permits. */
	@Test
	void logInWaitingForTheDatabaseHoldsNoHashPermit() throws SQLException {
		this.api.signUp(this.name);
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM users WHERE username = ? FOR UPDATE",
				this.name)) {
			List<CompletableFuture<Api.Response>> waiting = IntStream.range(0, 2)
				.mapToObj((i) -> CompletableFuture.supplyAsync(() -> this.api.login(this.name, Api.PASSWORD)))
				.toList();
			TestMail.await(() -> this.jdbc
				.sql("SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() "
						+ "AND wait_event_type = 'Lock' AND query LIKE '%from users%for no key update%'")
				.query(Integer.class)
				.single(), (waiters) -> waiters == 2);

			assertThat(this.api.login(this.name + "x", "a guess").codes()).containsExactly("UNAUTHENTICATED");

			row.commit();
			waiting.forEach((login) -> assertThat(login.join().codes()).isEmpty());
		}
	}

}
