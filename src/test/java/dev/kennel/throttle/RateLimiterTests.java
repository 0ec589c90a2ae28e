package dev.kennel.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.kennel.audit.SecurityLog;
import dev.kennel.audit.SecurityLogRecorder;
import dev.kennel.error.ApiException;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
class RateLimiterTests {

	private final Api api;

	private final BucketRepository buckets;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final SqlRecorder sql;

	private final String name = "t" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	RateLimiterTests(Api api, BucketRepository buckets, JdbcClient jdbc, DataSource dataSource, SqlRecorder sql) {
		this.api = api;
		this.buckets = buckets;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		this.sql = sql;
	}

	private RateLimiter rateLimiter(int byAddress, int byName) {
		return rateLimiter(byAddress, byName, 1_000_000);
	}

	private RateLimiter rateLimiter(int byAddress, int byName, int perHour) {
		return new RateLimiter(this.buckets, new SecurityLog(), SmallBuckets.properties(byAddress, byName, perHour));
	}

	/** Returns the error's {@code retryAfter}, or null if the attempt was made. */
	private static @Nullable String fail(RateLimiter rateLimiter, Client client, @Nullable String target) {
		return fail(rateLimiter, client, target, null);
	}

	private static @Nullable String fail(RateLimiter rateLimiter, Client client, @Nullable String target,
			@Nullable ClaimedDevice device) {
		try {
			return rateLimiter.<String>attempt(RateLimitedAction.LOGIN, client, target, device, () -> null);
		}
		catch (ApiException ex) {
			return String.valueOf(ex.extensions().get("retryAfter"));
		}
	}

	private Api.Response updateMe(Api client, Map<String, ?> input) {
		Map<String, Object> withPassword = new HashMap<>(input);
		withPassword.put("currentPassword", Api.PASSWORD);
		return client.execute("mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { username } } }",
				Map.of("input", withPassword));
	}

	private Api.Response signUp(Api client, String username) {
		return client.execute(
				"mutation ($input: SignupInput!) { signup(input: $input) { session { ipAddress } user { id } } }",
				Map.of("input",
						Map.of("username", username, "email", username + "@example.com", "password", Api.PASSWORD)));
	}

	private int count(String sql, Object... parameters) {
		return this.jdbc.sql(sql).params(parameters).query(Integer.class).single();
	}

	private int users() {
		return count("SELECT count(*)::int FROM users WHERE username LIKE ?", this.name + "%");
	}

	private String account() {
		return this.jdbc.sql("SELECT id::text FROM users WHERE username_key = ?")
			.param(this.name)
			.query(String.class)
			.single();
	}

	private int mails() {
		TestMail.await(() -> count("SELECT count(*)::int FROM mail_orders"), (jobs) -> jobs == 0);
		return TestMail.to(this.email).size();
	}

	// Networks

	@Test
	void failuresOfAnAddressAreCountedAcrossInstances() {
		RateLimiter first = rateLimiter(5, 1_000);
		RateLimiter otherInstance = rateLimiter(5, 1_000);
		Client client = TestClient.create();

		for (int i = 0; i < 5; i++) {
			assertThat(fail((i % 2 == 0) ? first : otherInstance, client, null)).isNull();
		}

		assertThat(fail(first, client, null)).isIn("2", "3");
		assertThat(fail(otherInstance, client, null)).isIn("2", "3");
		assertThat(fail(first, TestClient.create(), null)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "SITE:2::1, SITE:2:ffff::9, true", "SITE:2::1, SITE:3::1, false", "NET.3, NET.4, false",
			"NET.5, ::ffff:NET.5, true", "unknown-NET, unknown-NET, true" })
	void ipv6NetworkOfACustomerIsOneAddress(String one, String other, boolean same) {
		String site = TestClient.site();
		String net = TestClient.address().replaceFirst("\\.\\d+$", "");
		UnaryOperator<String> address = (pattern) -> pattern.replace("SITE", site).replace("NET", net);
		RateLimiter rateLimiter = rateLimiter(1, 1_000);
		RateLimitedAction action = RateLimitedAction.ONE_TIME_TOKEN;
		rateLimiter.<String>attempt(action, TestClient.at(address.apply(one)), null, () -> null);

		AtomicBoolean run = new AtomicBoolean();
		try {
			rateLimiter.<String>attempt(action, TestClient.at(address.apply(other)), null, () -> {
				run.set(true);
				return null;
			});
		}
		catch (ApiException ex) {
			assertThat(ex.extensions()).containsEntry("code", "RATE_LIMITED");
		}
		assertThat(run.get()).isEqualTo(!same);
	}

	@Test
	void networksOfAHomeAreCountedTogether() {
		RateLimiter rateLimiter = rateLimiter(1, 1_000);
		String site = TestClient.site();
		for (int link = 0; link < 4; link++) {
			assertThat(fail(rateLimiter, TestClient.at(site + ":10" + link + "::1"), null)).isNull();
		}

		assertThat(fail(rateLimiter, TestClient.at(site + ":1ff::1"), null)).isEqualTo("1");
		assertThat(fail(rateLimiter, TestClient.at(site + ":200::1"), null)).isNull();
	}

	@Test
	void networksOfASiteAreCountedTogether() {
		RateLimiter rateLimiter = rateLimiter(1, 1_000);
		String site = TestClient.site();
		// The bucket of the site is refilled meanwhile, every 187 ms.
		List<@Nullable String> waits = new ArrayList<>();
		for (int home = 0; home < 256 && !waits.contains("1"); home++) {
			waits.add(fail(rateLimiter, TestClient.at(site + ":" + Integer.toHexString(home * 256) + "::1"), null));
		}

		assertThat(waits.subList(0, 16)).containsOnlyNulls();
		assertThat(waits).contains("1");
		assertThat(fail(rateLimiter, TestClient.at(TestClient.site() + ":100::1"), null)).isNull();
	}

	@Test
	void forwardedAddressOfAnUntrustedPeerIsIgnored() {
		// The tests' own address is that of a trusted proxy; the last hop in its header
		// is not, so the hop before that is ignored.
		Api.Response response = signUp(this.api.from("203.0.113.200, 198.51.100.7"), this.name);

		assertThat(response.text("/signup/session/ipAddress")).isEqualTo("198.51.100.7");
	}

	/** The proxy is named by its address, not by its network. */
	@Test
	void callerInAPrivateNetworkCannotSpoofItsAddress() {
		Api.Response response = signUp(this.api.from("203.0.113.200, 10.1.2.3"), this.name);

		assertThat(response.text("/signup/session/ipAddress")).isEqualTo("10.1.2.3");
	}

	// Charges

	@Test
	void successfulAttemptIsRefunded() {
		RateLimiter rateLimiter = rateLimiter(2, 2, 2);
		Client client = TestClient.create();

		for (int i = 0; i < 10; i++) {
			assertThat(rateLimiter.attempt(RateLimitedAction.LOGIN, client, this.name, () -> "in")).isEqualTo("in");
		}
	}

	@Test
	void eachActionHasItsOwnBuckets() {
		RateLimiter rateLimiter = rateLimiter(1, 1_000);
		Client client = TestClient.create();
		assertThat(fail(rateLimiter, client, null)).isNull();
		assertThat(fail(rateLimiter, client, null)).isIn("2", "3");

		assertThat(rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> "in")).isEqualTo("in");
		assertThat(rateLimiter.<String>attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> null)).isNull();
		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> rateLimiter.attempt(RateLimitedAction.ONE_TIME_TOKEN, client, null, () -> "in"))
			.withMessage("Too many attempts. Wait for a moment.");
	}

	@Test
	void concurrentAttemptsAreChargedInAdvance() throws Exception {
		RateLimiter rateLimiter = rateLimiter(1_000, 1_000, 10);
		AtomicInteger made = new AtomicInteger();
		CompletableFuture<@Nullable String> open = new CompletableFuture<>();
		AtomicInteger refused = new AtomicInteger();
		try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
			try {
				for (int i = 0; i < 20; i++) {
					executor.execute(() -> {
						try {
							rateLimiter.<String>attempt(RateLimitedAction.LOGIN, TestClient.create(), this.name, () -> {
								made.incrementAndGet();
								return open.join();
							});
						}
						catch (ApiException ex) {
							refused.incrementAndGet();
						}
					});
				}
				TestMail.await(refused::get, (number) -> number == 15);
				open.complete(null);
			}
			finally {
				open.complete(null);
			}
		}

		assertThat(made).hasValue(5);
	}

	@Test
	void refusalByFullQueueIsRefunded() {
		RateLimiter rateLimiter = rateLimiter(1, 1, 2);
		Client client = TestClient.create();
		for (int i = 0; i < 3; i++) {
			assertThatExceptionOfType(ApiException.class)
				.isThrownBy(() -> rateLimiter.attempt(RateLimitedAction.LOGIN, client, this.name, () -> {
					throw ApiException.rateLimited("The queue is full.", Duration.ofSeconds(1));
				}))
				.withMessage("The queue is full.");
		}

		assertThat(rateLimiter.attempt(RateLimitedAction.LOGIN, client, this.name, () -> "in")).isEqualTo("in");
	}

	/** The kind of bucket that is empty. */
	enum EmptyBucket {

		NETWORK, CEILING, WAIT

	}

	@ParameterizedTest
	@EnumSource
	void knownRefusalExecutesNoStatement(EmptyBucket empty) {
		String address = TestClient.address();
		switch (empty) {
			case NETWORK -> exhaust("network", TestClient.at(address).network());
			case CEILING -> exhaust("hour", this.name);
			case WAIT -> exhaust("name", this.name);
		}
		Api stranger = this.api.from(address);
		List<String> first = this.sql
			.record(() -> assertThat(stranger.login(this.name, "a guess").codes()).containsExactly("RATE_LIMITED"));
		List<String> second = this.sql
			.record(() -> assertThat(stranger.login(this.name, "a guess").codes()).containsExactly("RATE_LIMITED"));

		assertThat(first).isNotEmpty();
		assertThat(second).isEmpty();
	}

	private void exhaust(String kind, String value) {
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.LOGIN, kind, value);
	}

	@Test
	void refusalIsLoggedWithItsAccount() {
		String address = TestClient.address();
		Api ann = this.api.from(address).signUp(this.name);
		String user = ann.execute("{ me { id } }").text("/me/id");
		String session = ann.execute("{ me { sessions { id } } }").text("/me/sessions/0/id");
		exhaust("network", TestClient.at(address).network());
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.PASSWORD, "hour",
				NodeKind.SESSION.uuid(session).toString());
		try (SecurityLogRecorder log = new SecurityLogRecorder()) {
			assertThat(this.api.from(address).login(this.name, Api.PASSWORD).codes()).containsExactly("RATE_LIMITED");
			assertThat(deleteMe(ann, Api.PASSWORD).codes()).containsExactly("RATE_LIMITED");

			assertThat(log.events(address)).containsExactly("event=rate-limited account=- session=-",
					"event=rate-limited account=" + user + " session=" + session);
		}
	}

	// Names

	@Test
	void failuresOfOtherNetworksDelayTheOwnerByAtMostThirtySeconds() {
		RateLimiter rateLimiter = rateLimiter(1_000, 2);
		IntStream.range(0, 50).forEach((i) -> fail(rateLimiter, TestClient.create(), this.name));
		Client owner = TestClient.create();

		assertThat(Integer.parseInt(String.valueOf(fail(rateLimiter, owner, this.name)))).isBetween(1, 30);

		RateLimits limits = new RateLimits(SmallBuckets.properties(1, 1, 2));
		assertThat(this.buckets.take(afterWaitKey(owner), limits.afterWait)).isPositive()
			.isLessThanOrEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void retryAfterIsTheShorterOfBothWaits() {
		exhaust("name", this.name);

		assertThat(fail(rateLimiter(1_000, 2), TestClient.create(), this.name)).isIn("29", "30");
	}

	/** Returns the key of the bucket of a network's own attempt after a wait. */
	private String afterWaitKey(Client owner) {
		return RateLimiter.key(RateLimitedAction.LOGIN, "turn", this.name + " " + owner.network());
	}

	private void refillAfterWait(Client owner) {
		this.buckets.refund(afterWaitKey(owner), new RateLimits(SmallBuckets.properties(1, 1, 2)).afterWait);
	}

	@Test
	void networkMayTryAfterItsWaitIfOthersHaveExhaustedTheName() {
		IntStream.range(0, 50).forEach((i) -> fail(rateLimiter(1_000, 2), TestClient.create(), this.name));
		Client owner = TestClient.create();
		assertThat(fail(rateLimiter(1_000, 2), owner, this.name)).isNotNull();

		refillAfterWait(owner);

		RateLimiter afterwards = rateLimiter(1_000, 2);
		assertThat(fail(afterwards, owner, this.name)).isNull();
		assertThat(fail(afterwards, owner, this.name)).isNotNull();
	}

	@Test
	void hourlyCeilingOfANameAppliesAfterAnyWait() {
		Client stranger = TestClient.create();
		assertThat(fail(rateLimiter(1_000, 1, 4), stranger, this.name)).isNull();
		assertThat(Integer.parseInt(String.valueOf(fail(rateLimiter(1_000, 1, 4), stranger, this.name)))).isBetween(1,
				2);
		refillAfterWait(stranger);
		assertThat(fail(rateLimiter(1_000, 1, 4), stranger, this.name)).isNull();

		refillAfterWait(stranger);
		assertThat(Integer.parseInt(String.valueOf(fail(rateLimiter(1_000, 1, 4), stranger, this.name))))
			.isBetween(1_750, 1_800);
		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> rateLimiter(1_000, 1, 4).attempt(RateLimitedAction.LOGIN, TestClient.create(), this.name,
					() -> "in"))
			.withMessage("Too many failed attempts for this name. "
					+ "Log in from a device that has logged in to it before, or try again later.");
	}

	@Test
	void knownDeviceIsChargedToItsOwnBucket() {
		SmallBuckets.exhaustName(this.dataSource, this.name);
		RateLimiter rateLimiter = rateLimiter(1_000, 2, 6);
		ClaimedDevice laptop = new ClaimedDevice("laptop", () -> true);
		for (int i = 0; i < 2; i++) {
			assertThat(fail(rateLimiter, TestClient.create(), this.name, laptop)).isNull();
		}

		assertThat(fail(rateLimiter, TestClient.create(), this.name, laptop)).isIn("1", "2");
		assertThat(fail(rateLimiter, TestClient.create(), this.name, new ClaimedDevice("phone", () -> true))).isNull();
		assertThat(Integer.parseInt(String
			.valueOf(fail(rateLimiter, TestClient.create(), this.name, new ClaimedDevice("laptop", () -> false)))))
			.isGreaterThan(3_000);
		String other = this.name + "x";
		assertThat(fail(rateLimiter(1_000, 1, 2), TestClient.create(), other, laptop)).isNull();
		assertThat(fail(rateLimiter(1_000, 1, 2), TestClient.create(), other)).isNull();
	}

	@Test
	void exhaustedKnownDeviceIsChargedToTheName() {
		RateLimiter rateLimiter = rateLimiter(1_000, 2, 6);
		ClaimedDevice laptop = new ClaimedDevice("laptop", () -> true);
		for (int i = 0; i < 4; i++) {
			assertThat(fail(rateLimiter, TestClient.create(), this.name, laptop)).isNull();
		}

		assertThat(fail(rateLimiter, TestClient.create(), this.name, laptop)).isIn("1", "2");
	}

	/**
	 * Otherwise refusals, each of some ten statements, would cost the network nothing.
	 */
	@Test
	void refusalByNameIsChargedToTheNetwork() {
		SmallBuckets.exhaustName(this.dataSource, this.name);
		Client stranger = TestClient.create();
		for (int i = 0; i < 2; i++) {
			// Each instance queries the database.
			assertThat(fail(rateLimiter(2, 5), stranger, this.name)).isNotNull();
		}

		assertThat(fail(rateLimiter(2, 5), stranger, this.name + "x")).isIn("1", "2", "3");
	}

	@Test
	void deviceClaimIsNotEvaluatedForRefusedNetwork() {
		RateLimiter rateLimiter = rateLimiter(1, 1_000);
		Client client = TestClient.create();
		assertThat(fail(rateLimiter, client, this.name)).isNull();
		AtomicBoolean lookedUp = new AtomicBoolean();
		ClaimedDevice claim = new ClaimedDevice("laptop", () -> lookedUp.getAndSet(true));

		assertThat(fail(rateLimiter(1, 1_000), client, this.name, claim)).isIn("2", "3");

		assertThat(lookedUp).isFalse();
	}

	@Test
	void sixthGuessAtAPasswordIsRefusedAndSessionsStayValid() {
		Api ann = this.api.signUp(this.name);
		List<String> codes = IntStream.range(0, 8)
			.mapToObj((i) -> this.api.from(TestClient.address()).login(this.name, "guess " + i).codes().getFirst())
			.toList();

		assertThat(codes.subList(0, 5)).containsOnly("UNAUTHENTICATED");
		assertThat(codes.subList(5, 8)).contains("RATE_LIMITED");
		assertThat(ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void refusalReportsRetryAfter() {
		Api stranger = this.api.from(TestClient.address());
		this.api.signUp(this.name);
		Api.Response refused = TestMail.await(() -> stranger.login(this.name, "a guess"),
				(response) -> response.codes().contains("RATE_LIMITED"));

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

		List<String> codes = this.api.from(TestClient.address()).execute("mutation { " + fields + " }").codes();

		assertThat(codes).hasSize(20);
		assertThat(codes.stream().filter("UNAUTHENTICATED"::equals).count()).isBetween(5L, 7L);
		assertThat(codes).containsOnly("UNAUTHENTICATED", "RATE_LIMITED");
	}

	private Api.Response deleteMe(Api client, String password) {
		return client.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
				Map.of("input", Map.of("password", password)));
	}

	@Test
	void guessesAtTheCurrentPasswordAreRateLimited() {
		Api ann = this.api.signUp(this.name);
		List<String> codes = IntStream.range(0, 8)
			.mapToObj((i) -> deleteMe(ann, "guess " + i).codes().getFirst())
			.toList();

		assertThat(codes.subList(0, 5)).containsOnly("BAD_USER_INPUT");
		assertThat(codes.subList(5, 8)).contains("RATE_LIMITED");
		assertThat(ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
		Api other = this.api.withToken(this.api.login(this.name, Api.PASSWORD).text("/login/accessToken"));
		assertThat(deleteMe(other, "a guess").codes()).containsExactly("BAD_USER_INPUT");
	}

	@ParameterizedTest
	@ValueSource(strings = { "verifyEmail(input: { token: \"%s\" }) { user { id } }",
			"restoreEmail(input: { token: \"%s\" }) { user { id } }",
			"resetPassword(input: { token: \"%s\", newPassword: \"a quite different sentence\" }) { success }" })
	void guessesAtOneTimeTokensAreRateLimited(String field) {
		this.api.signUp(this.name);
		this.api.requestPasswordReset(this.email).data();
		String token = TestMail.awaitToken(this.email, 1);
		String address = TestClient.address();
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.ONE_TIME_TOKEN, "network",
				TestClient.at(address).network());

		assertThat(this.api.from(address).execute("mutation { " + field.formatted(token) + " }").codes())
			.containsExactly("RATE_LIMITED");
		assertThat(this.api.from(TestClient.address())
			.execute("mutation { " + field.formatted("nonsense") + " }")
			.violations()).containsExactly("input.token INVALID_TOKEN");
		assertThat(this.api.login(this.name, Api.PASSWORD).codes()).isEmpty();
	}

	// Sign-ups, changes of the profile and mails

	/** Creates the bucket of a network with one attempt left. */
	private void leaveOneAttempt(RateLimitedAction action, String address, @Nullable String account) {
		rateLimiter(2, 2).<String>attempt(action, TestClient.at(address), account, () -> null);
	}

	@Test
	void signUpsAreCountedWhateverTheirOutcome() {
		String address = TestClient.address();
		leaveOneAttempt(RateLimitedAction.SIGN_UP, address, null);
		assertThat(signUp(this.api.from(address), this.name).codes()).isEmpty();

		Api.Response refused = signUp(this.api.from(address), this.name + "x");

		assertThat(refused.codes()).containsExactly("RATE_LIMITED");
		assertThat(refused.json().at("/errors/0/extensions/retryAfter").asInt()).isBetween(170, 180);
		assertThat(users()).isEqualTo(1);
		String another = TestClient.address();
		leaveOneAttempt(RateLimitedAction.SIGN_UP, another, null);
		assertThat(signUp(this.api.from(another), this.name).codes()).containsExactly("CONFLICT");
		assertThat(signUp(this.api.from(another), this.name).codes()).containsExactly("RATE_LIMITED");
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "true, false", "false, true", "false, false" })
	void profileChangeIsCountedWhetherOrNotTheNameIsTaken(boolean byNetwork, boolean taken) {
		Api ann = this.api.signUp(this.name);
		String other = "o" + this.name;
		this.api.signUp(other);
		String address = TestClient.address();
		leaveOneAttempt(RateLimitedAction.PROFILE_CHANGE, byNetwork ? address : TestClient.address(),
				byNetwork ? null : account());

		assertThat(updateMe(ann.from(address), Map.of("username", taken ? other : this.name + "1")).codes())
			.isEqualTo(taken ? List.of("CONFLICT") : List.of());
		Api.Response refused = updateMe(ann.from(address), Map.of("username", this.name + "2"));

		assertThat(refused.codes()).containsExactly("RATE_LIMITED");
		assertThat(ann.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name + (taken ? "" : "1"));
	}

	/** The mutations that cause a mail. */
	enum MailRequest {

		PASSWORD_RESET, EMAIL_VERIFICATION, EMAIL_CHANGE

	}

	private Api.Response send(MailRequest request, Api client, int number) {
		return switch (request) {
			case PASSWORD_RESET -> client.requestPasswordReset(this.email);
			case EMAIL_VERIFICATION -> client.execute("mutation { requestEmailVerification { success } }");
			case EMAIL_CHANGE -> updateMe(client, Map.of("email", number + this.email));
		};
	}

	@ParameterizedTest
	@EnumSource
	void mailsAreCountedByTheNetworkThatCausesThem(MailRequest request) {
		Api ann = this.api.signUp(this.name).from(TestClient.address());
		String address = TestClient.address();
		leaveOneAttempt(RateLimitedAction.MAIL, address, null);

		assertThat(send(request, ann.from(address), 1).codes()).isEmpty();
		assertThat(send(request, ann.from(address), 2).codes()).containsExactly("RATE_LIMITED");

		assertThat(mails()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void mailsAreCountedByTheAccountThatCausesThem(MailRequest request) {
		Api ann = this.api.signUp(this.name);
		leaveOneAttempt(RateLimitedAction.MAIL, TestClient.address(), account());

		assertThat(send(request, ann.from(TestClient.address()), 1).codes()).isEmpty();
		assertThat(send(request, ann.from(TestClient.address()), 2).codes()).containsExactly("RATE_LIMITED");

		assertThat(mails()).isEqualTo(1);
	}

	@Test
	void bucketKeysContainNoNamesAndExpiredBucketsAreRemoved() {
		RateLimiter rateLimiter = rateLimiter(5, 5);
		fail(rateLimiter, TestClient.create(), this.name);
		assertThat(this.jdbc.sql("SELECT string_agg(id, ' ') FROM throttle_buckets").query(String.class).single())
			.matches("[0-9a-f ]+");

		this.jdbc.sql("UPDATE throttle_buckets SET expires_at = 0").update();
		rateLimiter.clean();

		assertThat(count("SELECT count(*)::int FROM throttle_buckets WHERE expires_at = 0")).isZero();
	}

}
