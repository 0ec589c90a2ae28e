package dev.kennel.change;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.InstanceProcess;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Two instances on one database, one of which is killed under load. */
@KennelTest
@Timeout(120)
class KilledInstanceTests {

	private static final int CREATES = 1_000;

	private static final int ACCOUNTS = 20;

	private static final int SUBSCRIBERS_OF_EACH = 10;

	private static final int CHANGES_OF_EACH = 100;

	private static final int CURSOR_LENGTH = Cursors.of(0).length();

	private static final String CREATE = """
			mutation ($name: String!) { createOwner(input: {name: $name}) { owner { id } } }""";

	private static final String CREATE_TWO = """
			mutation ($name: String!) {
			  a: createOwner(input: {name: $name}) { owner { id } }
			  b: createOwner(input: {name: $name}) { owner { id } }
			}""";

	private static final String CHANGES = """
			subscription ($after: String) { myChanges(after: $after) { cursor kind nodeId node { id } } }""";

	private final Api api;

	private final Environment environment;

	private final JdbcClient jdbc;

	KilledInstanceTests(Api api, Environment environment, JdbcClient jdbc) {
		this.api = api;
		this.environment = environment;
		this.jdbc = jdbc;
	}

	/**
	 * Retries a mutation until it succeeds, as a client does for exactly-once semantics:
	 * with the same idempotency key, alternating between the instances.
	 */
	private static String create(String name, Api... instances) {
		return send(CREATE, name, instances).text("/createOwner/owner/id");
	}

	private static List<String> createTwo(String name, Api... instances) {
		Api.Response response = send(CREATE_TWO, name, instances);
		return List.of(response.text("/a/owner/id"), response.text("/b/owner/id"));
	}

	private static Api.Response send(String mutation, String name, Api... instances) {
		Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
		for (int attempt = 0;; attempt++) {
			try {
				Api.Response response = instances[attempt % instances.length].execute(mutation, Map.of("name", name),
						key);
				if (!response.codes().contains("UNAVAILABLE")) {
					return response;
				}
			}
			catch (UncheckedIOException ex) {
				// It is unknown whether the mutation was committed.
			}
		}
	}

	private static <T> List<T> all(ExecutorService executor, List<Callable<T>> tasks) throws Exception {
		List<T> results = new ArrayList<>();
		for (Future<T> future : executor.invokeAll(tasks)) {
			results.add(future.get());
		}
		return results;
	}

	private UUID account(Api client) {
		return NodeKind.USER.uuid(client.execute("{ me { id } }").text("/me/id"));
	}

	@Test
	void retriedCreatesAreAppliedOnceWhereverTheProcessIsKilled() throws Exception {
		Api ann = this.api.signUp();
		Set<String> acknowledged = ConcurrentHashMap.newKeySet();
		int phases = InstanceProcess.Step.values().length;
		try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
			for (InstanceProcess.Step step : InstanceProcess.Step.values()) {
				try (InstanceProcess other = InstanceProcess.start(this.environment, step, 20)) {
					Api onOther = other.api().withToken(ann.token());
					all(clients, IntStream.range(0, CREATES / phases / 2)
						.<Callable<List<String>>>mapToObj((i) -> () -> (i % 2 == 0)
								? createTwo(step + " " + i, onOther, ann) : createTwo(step + " " + i, ann, onOther))
						.toList()).forEach(acknowledged::addAll);
					assertThat(other.exitCode()).as("killed at " + step).isEqualTo(137);
				}
			}
		}

		List<String> rows = owners(ann);
		assertThat(rows).hasSize(CREATES);
		assertThat(acknowledged).hasSize(CREATES).containsExactlyInAnyOrderElementsOf(rows);
		assertThat(this.jdbc.sql("SELECT version FROM changes WHERE user_id = ? ORDER BY version")
			.param(account(ann))
			.query(Long.class)
			.list()).isEqualTo(IntStream.rangeClosed(1, CREATES).mapToObj(Long::valueOf).toList());
	}

	@Test
	void requestKilledBetweenItsFieldsIsResumedByARetry() {
		Api ann = this.api.signUp();
		Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
		String three = "mutation { a: createOwner(input: {name: \"A\"}) { owner { id } } "
				+ "b: createOwner(input: {name: \"B\"}) { owner { id } } "
				+ "c: createOwner(input: {name: \"C\"}) { owner { id } } }";
		try (InstanceProcess other = InstanceProcess.start(this.environment, InstanceProcess.Step.FIRST_COMMITTED, 0)) {
			Api onOther = other.api().withToken(ann.token());
			assertThatExceptionOfType(UncheckedIOException.class)
				.isThrownBy(() -> onOther.execute(three, Map.of(), key));
			assertThat(other.exitCode()).isEqualTo(137);
		}
		List<String> before = owners(ann);
		assertThat(before).hasSize(1);

		Api.Response resumed = ann.execute(three, Map.of(), key);

		assertThat(resumed.text("/a/owner/id")).isEqualTo(before.getFirst());
		assertThat(owners(ann)).containsExactly(resumed.text("/a/owner/id"), resumed.text("/b/owner/id"),
				resumed.text("/c/owner/id"));
	}

	private List<String> owners(Api client) {
		return this.jdbc.sql("SELECT id FROM owners WHERE user_id = ? ORDER BY id")
			.param(account(client))
			.query((row, number) -> NodeKind.OWNER.id(row.getObject(1, UUID.class)).toString())
			.list();
	}

	@Test
	void gracefulShutdownLosesNoWriteAndEndsStreams() throws Exception {
		Api ann = this.api.signUp();
		try (InstanceProcess other = InstanceProcess.start(this.environment, null, 0);
				ExecutorService clients = Executors.newFixedThreadPool(8)) {
			Api onOther = other.api().withToken(ann.token());
			try (LiveClient webSocket = LiveClient.webSocket(onOther, CHANGES, Map.of("after", Cursors.of(0)));
					LiveClient events = LiveClient.events(onOther, CHANGES, Map.of("after", Cursors.of(0)));
					LiveClient unknown = LiveClient.connect(onOther, Map.of(), false)) {
				CountDownLatch underLoad = new CountDownLatch(100);
				List<Future<String>> creates = IntStream.range(0, 300).mapToObj((i) -> clients.submit(() -> {
					String id = create("Owner " + i, onOther, ann);
					underLoad.countDown();
					return id;
				})).toList();
				underLoad.await();
				other.terminate();

				assertThat(webSocket.end().get("code").asInt()).isEqualTo(1012);
				assertThat(unknown.end().get("code").asInt()).isEqualTo(1012);
				LiveClient.Event last = events.next();
				while (!last.json().has("errors")) {
					last = events.next();
				}
				assertThat(last.json().at("/errors/0/extensions/code").asString()).isEqualTo("UNAVAILABLE");
				assertThat(events.next().type()).isEqualTo("complete");
				assertThat(events.next().json().get("code").asInt()).isEqualTo(0);
				assertThat(other.exitCode()).isEqualTo(143);
				List<String> acknowledged = new ArrayList<>();
				for (Future<String> create : creates) {
					acknowledged.add(create.get());
				}
				assertThat(owners(ann)).containsExactlyInAnyOrderElementsOf(acknowledged);
			}
		}
	}

	@Test
	void everySubscriberSeesEveryChangeOnceAndInOrder() throws Exception {
		List<Api> accounts = IntStream.range(0, ACCOUNTS).mapToObj((i) -> this.api.signUp()).toList();
		try (InstanceProcess other = InstanceProcess.start(this.environment, null, 0);
				ExecutorService writers = Executors.newFixedThreadPool(8);
				ExecutorService subscribers = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<List<String>>> seen = new ArrayList<>();
			CountDownLatch streaming = new CountDownLatch(ACCOUNTS * SUBSCRIBERS_OF_EACH);
			AtomicInteger resumed = new AtomicInteger();
			for (int i = 0; i < ACCOUNTS * SUBSCRIBERS_OF_EACH; i++) {
				Api here = accounts.get(i / SUBSCRIBERS_OF_EACH);
				Api first = (i % 2 == 0) ? other.api().withToken(here.token()) : here;
				boolean webSocket = i % 4 < 2;
				seen.add(subscribers.submit(() -> follow(first, here, webSocket, streaming, resumed)));
			}
			AtomicInteger writes = new AtomicInteger();
			List<Future<String>> created = new ArrayList<>();
			for (int i = 0; i < CHANGES_OF_EACH * ACCOUNTS; i++) {
				Api here = accounts.get(i % ACCOUNTS);
				Api there = other.api().withToken(here.token());
				String name = "Owner " + i;
				boolean startHere = i / ACCOUNTS % 2 == 0;
				created.add(writers.submit(() -> {
					if (writes.incrementAndGet() == CHANGES_OF_EACH * ACCOUNTS / 2) {
						streaming.await();
						other.kill();
					}
					return startHere ? create(name, here, there) : create(name, there, here);
				}));
			}
			for (Future<String> create : created) {
				create.get();
			}
			// Follows any change that would be delivered twice.
			accounts.forEach((account) -> account.createOwner("Last"));

			for (int i = 0; i < seen.size(); i++) {
				List<String> changes = this.jdbc
					.sql("SELECT version, kind, node_id FROM changes WHERE user_id = ? ORDER BY version")
					.param(account(accounts.get(i / SUBSCRIBERS_OF_EACH)))
					.query((row, number) -> row.getLong(1) + " " + row.getString(2) + " "
							+ NodeKind.OWNER.id(row.getObject(3, UUID.class)))
					.list();
				assertThat(changes).hasSize(CHANGES_OF_EACH + 1);
				assertThat(seen.get(i)
					.get()
					.stream()
					.map((change) -> Cursors.version(change.substring(0, CURSOR_LENGTH))
							+ change.substring(CURSOR_LENGTH)))
					.containsExactlyElementsOf(changes);
			}
			assertThat(resumed).as("Subscribers that were cut off in the midst")
				.hasValue(ACCOUNTS * SUBSCRIBERS_OF_EACH / 2);
		}
	}

	/** Follows a feed on one instance, and on the other after that one is gone. */
	private static List<String> follow(Api first, Api second, boolean webSocket, CountDownLatch streaming,
			AtomicInteger resumed) {
		List<String> seen = new ArrayList<>();
		Api instance = first;
		for (int connections = 0; connections < 10; connections++) {
			String cursor = seen.isEmpty() ? Cursors.of(0) : seen.getLast().substring(0, CURSOR_LENGTH);
			if (connections == 1 && !seen.isEmpty()) {
				resumed.incrementAndGet();
			}
			try (LiveClient live = webSocket ? LiveClient.webSocket(instance, CHANGES, Map.of("after", cursor))
					: LiveClient.events(instance, CHANGES, Map.of("after", cursor))) {
				for (LiveClient.Event event = live.next(); event.type().equals("next"); event = live.next()) {
					JsonNode change = event.json().at("/data/myChanges");
					seen.add(change.get("cursor").asString() + " " + change.get("kind").asString() + " "
							+ change.get("nodeId").asString());
					if (seen.size() == 1) {
						streaming.countDown();
					}
					if (seen.size() > CHANGES_OF_EACH) {
						return seen;
					}
				}
			}
			catch (UncheckedIOException | CompletionException ex) {
				// Gone.
			}
			instance = second;
		}
		throw new AssertionError("No connection lasts, after " + seen.size() + " changes");
	}

}
