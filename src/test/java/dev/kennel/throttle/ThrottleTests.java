package dev.kennel.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kennel.audit.SecurityLog;
import dev.kennel.graphql.Client;
import dev.kennel.graphql.error.ApiException;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
class ThrottleTests {

	private static final String LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";

	private final Api api;

	private final BucketRepository buckets;

	private final JdbcClient jdbc;

	private final String name = "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	ThrottleTests(Api api, BucketRepository buckets, JdbcClient jdbc) {
		this.api = api;
		this.buckets = buckets;
		this.jdbc = jdbc;
	}

	/** An address that no other test has. */
	private static String address() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return "10." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(1, 255);
	}

	private Throttle throttle(int byAddress, int byName) {
		return new Throttle(this.buckets, new SecurityLog(), new ThrottleProperties(byAddress, byName, 1, 64));
	}

	private static Client client(String address) {
		return new Client(address, null, "test", null);
	}

	private static @Nullable String fail(Throttle throttle, Client client, @Nullable String target) {
		try {
			return throttle.<String>attempt(Guess.LOGIN, client, target, () -> null);
		}
		catch (ApiException ex) {
			return String.valueOf(ex.extensions().get("retryAfter"));
		}
	}

	private Api.Answer login(Api client, String username, String password) {
		return client.execute(LOGIN, Map.of("input", Map.of("username", username, "password", password)));
	}

	@Test
	void anAddressWaitsLongerTheMoreItFails() {
		Throttle first = throttle(5, 1_000);
		Throttle otherInstance = throttle(5, 1_000);
		Client client = client(address());

		for (int i = 0; i < 5; i++) {
			assertThat(fail((i % 2 == 0) ? first : otherInstance, client, null)).isNull();
		}

		assertThat(fail(first, client, null)).isIn("2", "3");
		assertThat(fail(otherInstance, client, null)).isIn("2", "3");
		assertThat(fail(first, client(address()), null)).isNull();
	}

	@Test
	void whatASuccessCostsIsGivenBack() {
		Throttle throttle = throttle(2, 2);
		Client client = client(address());

		for (int i = 0; i < 10; i++) {
			assertThat(throttle.attempt(Guess.LOGIN, client, this.name, () -> "in")).isEqualTo("in");
		}
	}

	@Test
	void whatOneGuessesAtIsCountedByItself() {
		Throttle throttle = throttle(1, 1_000);
		Client client = client(address());
		assertThat(fail(throttle, client, null)).isNull();
		assertThat(fail(throttle, client, null)).isNotNull();

		assertThat(throttle.attempt(Guess.ONE_TIME_TOKEN, client, null, () -> "in")).isEqualTo("in");
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8:1:2::1, 2001:db8:1:2:ffff::9, true", "2001:db8:1:2::1, 2001:db8:1:3::1, false",
			"10.1.2.3, 10.1.2.4, false", "unknown, unknown, true" })
	void aCustomersWholeNetworkIsOneAddress(String one, String other, boolean same) {
		this.jdbc.sql("DELETE FROM throttle_buckets").update();
		Throttle throttle = throttle(1, 1_000);
		assertThat(fail(throttle, client(one), null)).isNull();

		assertThat(fail(throttle, client(other), null) != null).isEqualTo(same);
	}

	@Test
	void strangersDelayAnAccountsOwnerByThirtySecondsAtMost() {
		Throttle throttle = throttle(1_000, 2);
		IntStream.range(0, 50).forEach((i) -> fail(throttle, client(address()), this.name));
		Client owner = client(address());

		assertThat(Integer.parseInt(String.valueOf(fail(throttle, owner, this.name)))).isBetween(1, 30);

		assertThat(this.buckets.take(turn(owner), waiting())).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(30));
	}

	/** The bucket of those who have been told to wait. */
	private String turn(Client owner) {
		return Throttle.key(Guess.LOGIN, "turn", this.name + " " + owner.network());
	}

	private static io.github.bucket4j.BucketConfiguration waiting() {
		return io.github.bucket4j.BucketConfiguration.builder()
			.addLimit(BucketRepository.empty(Throttle.LONGEST_DELAY_BY_NAME))
			.build();
	}

	@Test
	void whoHasWaitedGetsAnAttemptThoughStrangersHaveUsedUpAllOthers() {
		Throttle throttle = throttle(1_000, 2);
		IntStream.range(0, 50).forEach((i) -> fail(throttle, client(address()), this.name));
		Client owner = client(address());
		assertThat(fail(throttle, owner, this.name)).isNotNull();

		this.buckets.giveBack(turn(owner), waiting());

		assertThat(throttle.attempt(Guess.LOGIN, owner, this.name, () -> "in")).isEqualTo("in");
		assertThat(fail(throttle, owner, this.name)).isNotNull();
	}

	@Test
	void guessesAtOnePasswordAreRefusedAfterFiveAndSessionsGoOn() {
		Api ann = this.api.signUp(this.name);
		List<String> codes = IntStream.range(0, 8)
			.mapToObj((i) -> login(this.api.from(address()), this.name, "guess " + i).codes().getFirst())
			.toList();

		assertThat(codes.subList(0, 5)).containsOnly("UNAUTHENTICATED");
		assertThat(codes.subList(5, 8)).contains("RATE_LIMITED");
		assertThat(ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void aRefusalSaysWhenToTryAgain() {
		Api stranger = this.api.from(address());
		this.api.signUp(this.name);
		Api.Answer refused = TestMail.await(() -> login(stranger, this.name, "a guess"),
				(answer) -> answer.codes().contains("RATE_LIMITED"));

		assertThat(refused.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(1, 30);
		assertThat(refused.json().at("/data/login").isNull()).isTrue();
	}

	@Test
	void aliasesInOneDocumentAreCountedOneByOne() {
		this.api.signUp(this.name);
		String fields = IntStream.range(0, 20)
			.mapToObj((i) -> "a" + i + ": login(input: { username: \"" + this.name + "\", password: \"guess " + i
					+ "\" }) { accessToken }")
			.collect(Collectors.joining(" "));

		List<String> codes = this.api.from(address()).execute("mutation { " + fields + " }").codes();

		assertThat(codes).hasSize(20);
		assertThat(codes.stream().filter("UNAUTHENTICATED"::equals).count()).isBetween(5L, 7L);
		assertThat(codes).containsOnly("UNAUTHENTICATED", "RATE_LIMITED");
	}

	@Test
	void aWrongCurrentPasswordCannotBeGuessedEither() {
		Api ann = this.api.signUp(this.name);
		List<String> codes = IntStream.range(0, 8)
			.mapToObj((i) -> ann
				.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
						Map.of("input", Map.of("password", "guess " + i)))
				.codes()
				.getFirst())
			.toList();

		assertThat(codes.subList(0, 5)).containsOnly("BAD_USER_INPUT");
		assertThat(codes.subList(5, 8)).contains("RATE_LIMITED");
		assertThat(ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void oneTimeTokensAreCountedByAddress() {
		Throttle throttle = throttle(3, 1_000);
		Client client = client(address());
		for (int i = 0; i < 3; i++) {
			assertThat(throttle.<String>attempt(Guess.ONE_TIME_TOKEN, client, null, () -> null)).isNull();
		}

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> throttle.attempt(Guess.ONE_TIME_TOKEN, client, null, () -> "in"))
			.withMessageContaining("Too many attempts");
	}

	@Test
	void anAddressThatAStrangerClaimsIsNotBelievedBehindAnUntrustedPeer() {
		// The tests' own address is that of a trusted proxy; what it names as the last
		// hop is not, so that what that one names is not believed.
		Api.Answer answer = this.api.signUp()
			.from("203.0.113.200, 198.51.100.7")
			.execute("mutation ($input: SignupInput!) { signup(input: $input) { session { ipAddress } } }", Map.of(
					"input",
					Map.of("username", this.name, "email", this.name + "@example.com", "password", Api.PASSWORD)));

		assertThat(answer.text("/signup/session/ipAddress")).isEqualTo("198.51.100.7");
	}

	@Test
	void fiveHundredLogInsAtOnceLeaveOthersAnAnswer() throws Exception {
		Api ann = this.api.signUp(this.name);
		ann.createOwner("Ann");
		List<Callable<String>> flood = new ArrayList<>();
		for (int i = 0; i < 500; i++) {
			String username = this.name + i % 100;
			flood.add(() -> login(this.api.from(address()), username, "a guess").codes().getFirst());
		}
		Map<String, Integer> outcomes = new HashMap<>();
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<String>> answers = flood.stream().map(executor::submit).toList();
			for (int i = 0; i < 20; i++) {
				assertThat(ann.execute("{ myOwners { nodes { name } } }").texts("/myOwners/nodes", "name"))
					.containsExactly("Ann");
			}
			for (Future<String> answer : answers) {
				outcomes.merge(answer.get(), 1, Integer::sum);
			}
		}

		assertThat(outcomes.keySet()).isSubsetOf("UNAUTHENTICATED", "RATE_LIMITED").contains("UNAUTHENTICATED");
	}

	@Test
	void beyondTheQueueNobodyIsLetIn() throws Exception {
		Crowd crowd = new Crowd(2, 64);
		CountDownLatch open = new CountDownLatch(1);
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<String>> inside = new ArrayList<>();
			for (String origin : List.of("a", "b")) {
				int before = crowd.waiting();
				for (int i = 0; i < 32 + (origin.equals("a") ? 2 : 0); i++) {
					inside.add(executor.submit(() -> crowd.<String>admit(origin, () -> waitFor(open))));
				}
				TestMail.await(crowd::waiting, (waiting) -> waiting == before + 32);
				assertThatExceptionOfType(ApiException.class).isThrownBy(() -> crowd.<String>admit(origin, () -> "in"));
			}

			assertThatExceptionOfType(ApiException.class).isThrownBy(() -> crowd.<String>admit("c", () -> "in"))
				.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("retryAfter", 1L));

			open.countDown();
			for (Future<String> one : inside) {
				assertThat(one.get()).isEqualTo("in");
			}
		}
		assertThat(crowd.waiting()).isZero();
		assertThat(crowd.<String>admit("a", () -> "in")).isEqualTo("in");
	}

	private static String waitFor(CountDownLatch open) {
		try {
			open.await();
			return "in";
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whoWaitsTakesTurnsByWhereTheyComeFrom() throws Exception {
		Crowd crowd = new Crowd(1, 64);
		CountDownLatch open = new CountDownLatch(1);
		List<String> order = Collections.synchronizedList(new ArrayList<>());
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			CountDownLatch inside = new CountDownLatch(1);
			Future<String> first = executor.submit(() -> crowd.<String>admit("flood", () -> {
				inside.countDown();
				return waitFor(open);
			}));
			inside.await();
			for (String origin : List.of("flood", "flood", "flood", "stranger")) {
				int before = crowd.waiting();
				Future<Boolean> next = executor.submit(() -> crowd.<Boolean>admit(origin, () -> order.add(origin)));
				TestMail.await(crowd::waiting, (waiting) -> waiting == before + 1);
				assertThat(next.isDone()).isFalse();
			}
			assertThat(first.isDone()).isFalse();
			open.countDown();
		}

		assertThat(order).containsExactly("flood", "stranger", "flood", "flood");
	}

	@Test
	void theStoreHasNoNamesAndForgetsOldCounts() {
		Throttle throttle = throttle(5, 5);
		fail(throttle, client(address()), this.name);
		assertThat(this.jdbc.sql("SELECT string_agg(id, ' ') FROM throttle_buckets").query(String.class).single())
			.matches("[0-9a-f ]+");

		this.jdbc.sql("UPDATE throttle_buckets SET expires_at = 0").update();
		throttle.clean();

		assertThat(this.jdbc.sql("SELECT count(*)::int FROM throttle_buckets WHERE expires_at = 0")
			.query(Integer.class)
			.single()).isZero();
	}

}
