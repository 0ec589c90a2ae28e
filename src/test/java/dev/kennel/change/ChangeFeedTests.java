package dev.kennel.change;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.kennel.database.retention.RetentionCleaner;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.Owner;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.LiveClient;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class ChangeFeedTests {

	private static final String CHANGES = """
			subscription ($after: String) {
			  myChanges(after: $after) {
			    cursor kind nodeId at
			    node { id ... on Owner { name dogs { totalCount } } ... on Dog { name breed owner { name } } }
			  }
			}""";

	private final Api api;

	private final JdbcClient jdbc;

	private final RetentionCleaner cleaner;

	private final FeedDispatcher dispatcher;

	private final SqlRecorder sql;

	ChangeFeedTests(Api api, JdbcClient jdbc, RetentionCleaner cleaner, FeedDispatcher dispatcher, SqlRecorder sql) {
		this.api = api;
		this.jdbc = jdbc;
		this.cleaner = cleaner;
		this.dispatcher = dispatcher;
		this.sql = sql;
	}

	enum Transport {

		WEB_SOCKET, EVENTS;

		LiveClient follow(Api api, String document, Map<String, ?> variables) {
			return (this == WEB_SOCKET) ? LiveClient.webSocket(api, document, variables)
					: LiveClient.events(api, document, variables);
		}

	}

	private static String cursor(Api api) {
		return api.execute("{ myChangesCursor }").text("/myChangesCursor");
	}

	@ParameterizedTest
	@EnumSource
	void everyKindOfChangeIsDelivered(Transport transport) {
		Api ann = this.api.signUp();
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", cursor(ann)))) {
			String owner = ann
				.execute("mutation { createOwner(input: {name: \"Ann\", dogs: [{name: \"Rex\"}]}) { owner { id } } }")
				.text("/createOwner/owner/id");
			assertThat(live.next(2, "/myChanges/kind")).containsExactly("CREATED", "CREATED");
			String ace = ann.createDog(owner, "Ace");
			assertThat(live.next(1, "/myChanges/node")).containsExactly(
					"{\"id\":\"" + ace + "\",\"name\":\"Ace\",\"breed\":null,\"owner\":{\"name\":\"Ann\"}}");

			ann.execute("mutation ($id: ID!) { updateDog(input: {id: $id, breed: \"Pug\"}) { dog { id } } }",
					Map.of("id", ace))
				.data();
			assertThat(live.next(1, "/myChanges/node/breed")).containsExactly("Pug");
			ann.execute("mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"Anna\"}) { owner { id } } }",
					Map.of("id", owner))
				.data();
			assertThat(live.next(1, "/myChanges/node"))
				.containsExactly("{\"id\":\"" + owner + "\",\"name\":\"Anna\",\"dogs\":{\"totalCount\":2}}");
			ann.execute("mutation ($id: ID!) { deleteDog(input: {id: $id}) { deletedDogId } }", Map.of("id", ace))
				.data();
			LiveClient.Event deleted = live.next();
			assertThat(deleted.json().at("/data/myChanges/kind").asString()).isEqualTo("DELETED");
			assertThat(deleted.json().at("/data/myChanges/nodeId").asString()).isEqualTo(ace);
			assertThat(deleted.json().at("/data/myChanges/node").isNull()).isTrue();
			ann.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedOwnerId } }",
					Map.of("id", owner))
				.data();
			assertThat(live.next(2, "/myChanges/nodeId").getLast()).isEqualTo(owner);
		}
	}

	@ParameterizedTest
	@EnumSource
	void subscriberResumesAfterItsCursor(Transport transport) {
		Api ann = this.api.signUp();
		IntStream.range(0, 250).forEach((i) -> ann.createOwner("Owner " + i));
		List<String> all;
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", Cursors.of(0)))) {
			all = live.next(250, "/myChanges/cursor");
		}
		assertThat(all).doesNotHaveDuplicates();

		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", all.get(99)))) {
			assertThat(live.next(150, "/myChanges/cursor")).isEqualTo(all.subList(100, 250));
			ann.createOwner("Last");
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Last");
		}
	}

	@Test
	void subscriptionWithoutCursorStartsNow() throws InterruptedException {
		Api ann = this.api.signUp();
		ann.createOwner("Before");
		try (LiveClient live = LiveClient.connect(ann, Map.of(), false)) {
			live.init(Map.of("authorization", "Bearer " + ann.token()));
			live.subscribe("1", CHANGES, Map.of());
			// A client gets no message when its subscription has begun.
			AtomicBoolean received = new AtomicBoolean();
			Thread writer = Thread.ofVirtual().start(() -> {
				while (!received.get()) {
					ann.createOwner("After");
				}
			});
			try {
				assertThat(live.next(1, "/myChanges/node/name")).containsExactly("After");
			}
			finally {
				received.set(true);
				writer.join();
			}
		}
	}

	@Test
	void changesOfAnotherAccountAreNotDelivered() {
		Api ann = this.api.signUp();
		Api bob = this.api.signUp();
		try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", cursor(ann)))) {
			bob.createOwner("Bob");
			ann.createOwner("Ann");
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Ann");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "nonsense", "AWMAAAAAAAAAAQ==", "AQEAAAAAAAAAAQ" })
	void invalidCursorIsRejected(String after) {
		Api ann = this.api.signUp();
		try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", after))) {
			LiveClient.Event event = live.next();
			assertThat(event.json().at("/errors/0/extensions/code").asString()).isEqualTo("BAD_USER_INPUT");
			assertThat(event.json().at("/errors/0/extensions/violations/0/path/0").asString()).isEqualTo("after");
			assertThat(live.next().type()).isEqualTo("complete");
		}
	}

	@Test
	void cursorExpiresWhenTheNextEntryIsDeleted() {
		Api ann = this.api.signUp();
		ann.createOwner("A");
		String first = cursor(ann);
		ann.createOwner("B");
		String second = cursor(ann);
		ann.createOwner("C");
		this.jdbc
			.sql("UPDATE changes SET changed_at = clock_timestamp() - interval '7 days 1 second' "
					+ "WHERE user_id = ? AND version <= 2")
			.param(NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id")))
			.update();
		this.cleaner.clean();

		for (String expired : List.of(first, Cursors.of(0), Cursors.of(4))) {
			try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of("after", expired))) {
				LiveClient.Event event = live.next();
				assertThat(event.type()).isEqualTo("error");
				assertThat(event.json().at("/0/extensions/code").asString()).isEqualTo("CURSOR_EXPIRED");
			}
		}
		try (LiveClient live = LiveClient.webSocket(ann, CHANGES, Map.of("after", second))) {
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("C");
		}
	}

	@Test
	void unauthenticatedSubscriptionIsRejected() {
		assertThat(this.api
			.execute("subscription { myChanges { cursor } }", Map.of(), Map.of("Accept", "text/event-stream"))
			.toString()).startsWith("200 event: next\ndata: {\"errors\":[{")
			.contains("\"code\":\"UNAUTHENTICATED\"")
			.endsWith("}]}\n\nevent: complete\ndata:\n\n");
		assertThat(this.api.execute("{ myChangesCursor }").codes()).containsExactly("UNAUTHENTICATED");
	}

	@Test
	void concurrentWritesOfAnAccountSucceedWithGaplessVersions() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		String dog = ann.createDog(owner, "Rex");

		ExecutorService writers = Executors.newFixedThreadPool(12);
		List<CompletableFuture<Api.Response>> writes = IntStream.range(0, 60)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> switch (i % 3) {
				case 0 -> ann.execute(
						"mutation ($id: ID!, $name: String) { updateDog(input: {id: $id, name: $name}) { dog { id } } }",
						Map.of("id", dog, "name", "Rex " + i));
				case 1 -> ann.execute(
						"mutation ($id: ID!, $name: String!) { createDog(input: {ownerId: $id, name: $name}) { dog { id } } }",
						Map.of("id", owner, "name", "Dog " + i));
				default -> ann.execute("mutation { createDog(input: {ownerId: \"own_00000000000000000000000000\", "
						+ "name: \"Nobody's\"}) { dog { id } } }");
			}, writers))
			.toList();
		writers.close();

		List<String> codes = writes.stream()
			.map(CompletableFuture::join)
			.flatMap((response) -> response.codes().stream())
			.toList();
		assertThat(codes).hasSize(20).containsOnly("NOT_FOUND");
		try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", Cursors.of(0)))) {
			assertThat(live.next(42, "/myChanges/cursor").stream().map(Cursors::version))
				.containsExactlyElementsOf(LongStream.rangeClosed(1, 42).boxed().toList());
		}
	}

	@Test
	void concurrentDeleteAndUseOfAnOwnerAreSerialized() throws Exception {
		Api ann = this.api.signUp();
		String refuge = ann.createOwner("Refuge");
		try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
			for (int round = 0; round < 40; round++) {
				String owner = ann.createOwner("Owner");
				String dog = ann.createDog(owner, "Ace");
				CyclicBarrier start = new CyclicBarrier(4);
				Future<Api.Response> added = send(clients, start, ann,
						"mutation ($id: ID!) { createDog(input: {ownerId: $id, name: \"Rex\"}) "
								+ "{ dog { id owner { id name } } } }",
						Map.of("id", owner));
				Future<Api.Response> updated = send(clients, start, ann,
						"mutation ($id: ID!) { updateOwner(input: {id: $id, name: \"New\"}) "
								+ "{ owner { id dogs { nodes { owner { name } } } } } }",
						Map.of("id", owner));
				Future<Api.Response> moved = send(clients, start, ann,
						"mutation ($id: ID!, $to: ID!) { updateDog(input: {id: $id, ownerId: $to}) "
								+ "{ dog { id owner { name dogs { totalCount } } } } }",
						Map.of("id", dog, "to", refuge));
				Future<Api.Response> removed = send(clients, start, ann,
						"mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedDogIds } }",
						Map.of("id", owner));

				assertThat(added.get().codes()).isSubsetOf("NOT_FOUND");
				assertThat(updated.get().codes()).isSubsetOf("NOT_FOUND");
				assertThat(moved.get().codes()).isSubsetOf("NOT_FOUND");
				assertThat(removed.get().data().at("/deleteOwner/deletedDogIds").size())
					.isEqualTo((added.get().codes().isEmpty() ? 1 : 0) + (moved.get().codes().isEmpty() ? 0 : 1));
			}
		}
		assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
			.containsExactly("Refuge");
	}

	private static Future<Api.Response> send(ExecutorService clients, CyclicBarrier start, Api api, String document,
			Map<String, ?> variables) {
		return clients.submit(() -> {
			start.await();
			return api.execute(document, variables);
		});
	}

	@Test
	void nodesAndParentsOfAPageAreReadInOneBatch() {
		Api ann = this.api.signUp();
		ann.execute(
				"mutation ($dogs: [NewDogInput!]) { createOwner(input: {name: \"Ann\", dogs: $dogs}) { owner { id } } }",
				Map.of("dogs", IntStream.range(0, 60).mapToObj((i) -> Map.of("name", "Dog " + i)).toList()))
			.data();

		List<String> statements = this.sql.recordFeed(() -> {
			try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", Cursors.of(1)))) {
				assertThat(live.next(60, "/myChanges/node/owner/name")).containsOnly("Ann");
			}
		});

		assertThat(statements.stream().filter((statement) -> statement.contains("FROM owners"))).hasSize(1);
		assertThat(statements.stream().filter((statement) -> statement.contains("FROM dogs"))).hasSize(1);
	}

	@Test
	void parentOfWhichOnlyTheIdIsSelectedIsNotRead() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		ann.createDog(owner, "Rex");

		List<String> statements = this.sql.recordFeed(() -> {
			try (LiveClient live = LiveClient.events(ann,
					"subscription ($after: String) { myChanges(after: $after) { node { ... on Dog { ...Parents } } } } "
							+ "fragment Parents on Dog { name owner { id __typename } user { __typename } }",
					Map.of("after", Cursors.of(1)))) {
				assertThat(live.next(1, "/myChanges/node/owner/id")).containsExactly(owner);
			}
		});

		assertThat(statements).filteredOn((statement) -> statement.contains("FROM dogs")).hasSize(1);
		assertThat(statements).noneMatch((statement) -> statement.contains("FROM owners"));
	}

	@Test
	void nodeDeletedWithItsParentDuringDeliveryIsNull() {
		Api ann = this.api.signUp();
		String owner = ann
			.execute("mutation { createOwner(input: {name: \"Ann\", dogs: [{name: \"Rex\"}]}) { owner { id } } }")
			.text("/createOwner/owner/id");

		List<String> nodes = this.sql.interposingInFeed("FROM dogs",
				() -> ann
					.execute("mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedOwnerId } }",
							Map.of("id", owner))
					.data(),
				() -> {
					try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", Cursors.of(1)))) {
						return live.next(3, "/myChanges/node");
					}
				});

		assertThat(nodes).containsExactly("null", "null", "null");
	}

	@Test
	void busySubscriberDoesNotDelayOtherAccounts() throws Exception {
		int changes = 40;
		List<AccountId> busy = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			Api api = this.api.signUp();
			api.execute(
					"mutation ($dogs: [NewDogInput!]) { createOwner(input: {name: \"Ann\", dogs: $dogs}) { owner { id } } }",
					Map.of("dogs", Collections.nCopies(changes - 1, Map.of("name", "Rex"))))
				.data();
			busy.add(new AccountId(NodeKind.USER.uuid(api.execute("{ me { id } }").text("/me/id"))));
		}
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		AccountId account = new AccountId(NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id")));
		CountDownLatch begun = new CountDownLatch(4);
		AtomicIntegerArray taken = new AtomicIntegerArray(busy.size());
		List<Disposable> subscriptions = new ArrayList<>();
		for (int i = 0; i < busy.size(); i++) {
			int index = i;
			subscriptions.add(Flux.from(this.dispatcher.follow(busy.get(i),
					new FeedSubscriptionParameters(new FeedPosition(0, 0), false, false, (change) -> {
					}, () -> {
					})))
				.subscribe((change) -> {
					if (taken.getAndIncrement(index) == 0) {
						begun.countDown();
					}
					// The duration of an expensive selection.
					LockSupport.parkNanos(Duration.ofMillis(30).toNanos());
				}));
		}
		begun.await();

		Change first = Flux.from(this.dispatcher.follow(account,
				new FeedSubscriptionParameters(new FeedPosition(0, 0), false, false, (change) -> {
				}, () -> {
				})))
			.blockFirst(Duration.ofSeconds(60));

		assertThat(first).isNotNull();
		assertThat(IntStream.range(0, busy.size()).map(taken::get)).allMatch((count) -> count < changes);
		subscriptions.forEach(Disposable::dispose);
	}

	@Test
	void failingSubscriberDoesNotStopTheFeed() {
		Api ann = this.api.signUp();
		AccountId account = new AccountId(NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id")));
		CompletableFuture<Throwable> failed = new CompletableFuture<>();
		var _ = Flux.from(this.dispatcher.follow(account,
				new FeedSubscriptionParameters(new FeedPosition(0, 0), false, false, (change) -> {
					throw new AssertionError("A deep document");
				}, () -> {
				})))
			.subscribe((change) -> {
			}, failed::complete);
		try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", Cursors.of(0)))) {
			ann.createOwner("Ann");
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Ann");
			assertThat(failed.join()).hasMessage("A deep document");
			ann.createOwner("Ben");
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Ben");
		}
	}

	/** Creates an owner with dogs that have no entries in the feed. */
	private String ownerWithDogs(Api api, int dogs) {
		String owner = api.createOwner("Many");
		this.jdbc
			.sql("INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at) "
					+ "SELECT user_id, gen_random_uuid(), id, 'n', 'n', now(), now() "
					+ "FROM owners, generate_series(1, ?) WHERE id = ?")
			.params(dogs, NodeKind.OWNER.uuid(owner))
			.update();
		return owner;
	}

	private Api.Response deleteWithDogs(Api api, String owner) {
		return api.execute(
				"mutation ($id: ID!) { deleteOwner(input: {id: $id, withDogs: true}) { deletedDogIds deletedDogCount } }",
				Map.of("id", owner));
	}

	@Test
	void deletedOwnerWith1000DogsHasOneEntryPerDog() {
		Api ann = this.api.signUp();
		String owner = ownerWithDogs(ann, 1_000);
		try (LiveClient live = LiveClient.events(ann, CHANGES, Map.of("after", cursor(ann)))) {
			assertThat(deleteWithDogs(ann, owner).data().at("/deleteOwner/deletedDogCount").asInt()).isEqualTo(1_000);

			assertThat(live.next(1_000, "/myChanges/nodeId")).allMatch((id) -> id.startsWith("dog_"))
				.doesNotHaveDuplicates();
			assertThat(live.next(1, "/myChanges/nodeId")).containsExactly(owner);
		}
		assertThat(Cursors.version(cursor(ann))).isEqualTo(1_002);
	}

	@ParameterizedTest
	@EnumSource
	void deletedOwnerWithMoreDogsExpiresStreamsAndCursors(Transport transport) {
		Api ann = this.api.signUp();
		String owner = ownerWithDogs(ann, 1_001);
		String before = cursor(ann);
		List<String> expected = this.jdbc.sql("SELECT id FROM dogs WHERE owner_id = ? ORDER BY id LIMIT 200")
			.param(NodeKind.OWNER.uuid(owner))
			.query((row, number) -> NodeKind.DOG.id(row.getObject(1, UUID.class)).toString())
			.list();
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", Cursors.of(0)))) {
			assertThat(live.next(1, "/myChanges/nodeId")).containsExactly(owner);

			Api.Response response = deleteWithDogs(ann, owner);

			assertThat(response.data().at("/deleteOwner/deletedDogCount").asInt()).isEqualTo(1_001);
			assertThat(StreamSupport.stream(response.data().at("/deleteOwner/deletedDogIds").spliterator(), false)
				.map(JsonNode::asString)).containsExactlyElementsOf(expected);
			assertExpired(transport, live);
		}
		assertThat(ann.execute("{ myOwners { totalCount } myDogs { totalCount } }").data().toString())
			.isEqualTo("{\"myOwners\":{\"totalCount\":0},\"myDogs\":{\"totalCount\":0}}");
		for (String expired : List.of(Cursors.of(0), before, Cursors.of(500))) {
			try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", expired))) {
				assertExpired(transport, live);
			}
		}
		String after = cursor(ann);
		assertThat(Cursors.version(after)).isEqualTo(1_003);
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", Cursors.of(1_002)))) {
			assertThat(live.next(1, "/myChanges/kind")).containsExactly("DELETED");
			ann.createOwner("Next");
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Next");
		}
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", after))) {
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Next");
		}
	}

	/**
	 * Simulates a database that has been restored, or has failed over to a standby that
	 * was behind: its last change is lost, and the next one gets the same version.
	 */
	@ParameterizedTest
	@EnumSource
	void streamsAndCursorsOfLostChangesExpire(Transport transport) {
		Api ann = this.api.signUp();
		ann.createOwner("Kept");
		String kept = cursor(ann);
		ann.createOwner("Lost");
		String lost = cursor(ann);
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", kept));
				LiveClient idle = transport.follow(ann, CHANGES, Map.of("after", lost))) {
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Lost");
			loseLastChange(ann);
			ann.createOwner("Instead");

			assertExpired(transport, live);
			assertExpired(transport, idle);
		}
		ann.createOwner("Next");
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", lost))) {
			assertExpired(transport, live);
		}
		for (String cursor : List.of(kept, Cursors.of(1))) {
			try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", cursor))) {
				assertThat(live.next(2, "/myChanges/node/name")).containsExactly("Instead", "Next");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void streamAheadOfARestoredDatabaseExpires(Transport transport) {
		Api ann = this.api.signUp();
		ann.createOwner("Kept");
		ann.createOwner("Lost");
		try (LiveClient live = transport.follow(ann, CHANGES, Map.of("after", Cursors.of(1)))) {
			assertThat(live.next(1, "/myChanges/node/name")).containsExactly("Lost");
			loseLastChange(ann);

			assertExpired(transport, live);
		}
	}

	private void loseLastChange(Api client) {
		UUID account = NodeKind.USER.uuid(client.execute("{ me { id } }").text("/me/id"));
		this.jdbc.sql("""
				WITH latest AS (
				  UPDATE change_versions SET version = version - 1, counted = counted - 1, owners = owners - 1
				  WHERE user_id = ? RETURNING user_id, version + 1 AS version
				), gone AS (
				  DELETE FROM changes USING latest
				  WHERE changes.user_id = latest.user_id AND changes.version = latest.version
				  RETURNING changes.user_id, node_id
				)
				DELETE FROM owners USING gone WHERE owners.user_id = gone.user_id AND owners.id = gone.node_id""")
			.param(account)
			.update();
	}

	private static void assertExpired(Transport transport, LiveClient live) {
		LiveClient.Event event = live.next();
		if (transport == Transport.WEB_SOCKET) {
			assertThat(event.type()).isEqualTo("error");
			assertThat(event.json().at("/0/extensions/code").asString()).isEqualTo("CURSOR_EXPIRED");
		}
		else {
			assertThat(event.json().at("/errors/0/extensions/code").asString()).isEqualTo("CURSOR_EXPIRED");
			assertThat(live.next().type()).isEqualTo("complete");
		}
	}

	/**
	 * The second subscriber starts between two changes of a page that was read without
	 * nodes for the first.
	 */
	@Test
	void pageServesOnlySubscribersWhoseSelectionItWasReadFor() {
		Api ann = this.api.signUp();
		AccountId account = new AccountId(NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id")));
		for (int i = 1; i <= 3; i++) {
			ann.createOwner("Owner " + i);
		}
		List<Change> found = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch both = new CountDownLatch(2);
		var _ = Flux.from(this.dispatcher.follow(account,
				new FeedSubscriptionParameters(new FeedPosition(0, 0), false, false, (change) -> {
					if (Cursors.version(change.cursor()) == 1) {
						var _ = Flux.from(this.dispatcher.follow(account,
								new FeedSubscriptionParameters(new FeedPosition(1, 0), true, true, (later) -> {
								}, () -> {
								})))
							.subscribe((later) -> {
								found.add(later);
								both.countDown();
							});
					}
				}, () -> {
				})))
			.subscribe();

		await(both);
		assertThat(found).extracting((change) -> (change.node() instanceof Owner owner) ? owner.name() : null)
			.containsExactly("Owner 2", "Owner 3");
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static Stream<String> accepts() {
		return Stream.of("application/json", "application/graphql-response+json", "*/*");
	}

	@ParameterizedTest
	@MethodSource("accepts")
	void subscriptionWithoutEventStreamIsNotAcceptable(String accept) {
		Api.Response response = this.api.signUp()
			.execute("subscription { myChanges { cursor } }", Map.of(), Map.of("Accept", accept));

		assertThat(response.status()).isEqualTo(406);
		assertThat(response.codes()).containsExactly("NOT_ACCEPTABLE");
		assertThat(response.json().has("data")).isFalse();
		assertThat(response.json().at("/errors/0/message").asString()).contains("text/event-stream");
	}

}
