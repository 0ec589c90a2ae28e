package dev.kennel.session;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.kennel.identity.NodeId;
import dev.kennel.session.token.RefreshToken;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class RefreshTests {

	private static final String TOKENS = "{ accessToken refreshToken tokenType expiresAt session { id current expiresAt } }";

	private final Api api;

	private final JdbcClient jdbc;

	private final String name = "r" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private String first = "";

	private String access = "";

	private UUID session = new UUID(0, 0);

	RefreshTests(Api api, JdbcClient jdbc) {
		this.api = api;
		this.jdbc = jdbc;
	}

	@BeforeEach
	void signUp() {
		Api.Response response = this.api
			.execute("mutation ($input: SignupInput!) { signup(input: $input) " + TOKENS + " }", Map.of("input",
					Map.of("username", this.name, "email", this.name + "@example.com", "password", Api.PASSWORD)));
		this.first = response.text("/signup/refreshToken");
		this.access = response.text("/signup/accessToken");
		this.session = NodeId.parse(response.text("/signup/session/id")).orElseThrow().uuid();
	}

	private Api.Response refresh(String token) {
		return this.api.execute(
				"mutation ($input: RefreshSessionInput) { refreshSession(input: $input) " + TOKENS + " }",
				Map.of("input", Map.of("refreshToken", token)));
	}

	private String refreshed(String token) {
		return refresh(token).text("/refreshSession/refreshToken");
	}

	/** Moves the last refresh into the past. */
	private void age(String interval) {
		this.jdbc.sql("UPDATE sessions SET replaced_at = replaced_at - ?::interval WHERE id = ?")
			.params(interval, this.session)
			.update();
	}

	private void assertRefused(String token) {
		assertRefused(token, "SESSION_ENDED");
	}

	private void assertRefused(String token, String reason) {
		Api.Response response = refresh(token);
		assertThat(response.reasons()).as(token).containsExactly("UNAUTHENTICATED " + reason);
		assertThat(response.json().at("/data/refreshSession").isNull()).isTrue();
	}

	private void assertSignedIn(boolean signedIn, String accessToken) {
		Api.Response response = this.api.withToken(accessToken).execute("{ me { username } }");
		assertThat(response.codes()).isEqualTo(signedIn ? List.of() : List.of("UNAUTHENTICATED"));
	}

	@Test
	void refreshIssuesNewTokensOfTheSameSession() {
		Api.Response response = refresh(this.first);

		assertThat(NodeId.parse(response.text("/refreshSession/session/id")).orElseThrow().uuid())
			.isEqualTo(this.session);
		assertThat(response.data().at("/refreshSession/session/current").asBoolean()).isTrue();
		assertThat(response.text("/refreshSession/tokenType")).isEqualTo("Bearer");
		assertThat(response.text("/refreshSession/refreshToken")).isNotEqualTo(this.first);
		assertSignedIn(true, response.text("/refreshSession/accessToken"));
	}

	@Test
	void refreshSucceedsWithExpiredAccessToken() {
		Api.Response response = this.api.withToken("nonsense")
			.execute("mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { accessToken } }",
					Map.of("input", Map.of("refreshToken", this.first)));

		assertSignedIn(true, response.text("/refreshSession/accessToken"));
	}

	@Test
	void replacedTokenReturnsSameSuccessorForTenSeconds() {
		String second = refreshed(this.first);

		assertThat(refreshed(this.first)).isEqualTo(second);
		age("9 seconds");
		assertThat(refreshed(this.first)).isEqualTo(second);
		assertThat(refreshed(second)).isNotEqualTo(second);
	}

	@Test
	void replacedTokenRevokesTheSessionAfterTenSeconds() {
		Api.Response second = refresh(this.first);
		age("10 seconds");

		assertRefused(this.first);

		assertRefused(second.text("/refreshSession/refreshToken"));
		assertSignedIn(false, second.text("/refreshSession/accessToken"));
		assertSignedIn(false, this.access);
	}

	@Test
	void olderTokenRevokesTheSessionAtOnce() {
		String second = refreshed(this.first);
		String third = refreshed(second);

		assertRefused(this.first);

		assertRefused(third);
		assertSignedIn(false, this.access);
	}

	@Test
	void unknownRefreshTokenRevokesNoSession() {
		byte[] forged = Base64.getUrlDecoder().decode(this.first);
		forged[40] ^= 1;

		assertRefused(Base64.getUrlEncoder().encodeToString(forged));
		assertRefused("x".repeat(128));
		// Padding at the end makes a text of the right length too short in bytes.
		for (String text : List.of("", "x", "!".repeat(128), "\u00e9".repeat(128), "=".repeat(128),
				"A".repeat(126) + "==", "A".repeat(127) + "=", this.first.substring(0, 126) + "==",
				this.first.substring(1), this.first + "A", " " + this.first, this.first + "\n", "+".repeat(128))) {
			assertRefused(text, "TOKEN_INVALID");
		}

		assertSignedIn(true, this.access);
		assertThat(refresh(this.first).codes()).isEmpty();
	}

	@Test
	void refreshWithoutTokenIsRefused() {
		assertThat(this.api.execute("mutation { refreshSession { accessToken } }").reasons())
			.containsExactly("UNAUTHENTICATED TOKEN_MISSING");
	}

	@Test
	void twentyConcurrentRefreshesReturnTheSameValidToken() throws Exception {
		List<Callable<String>> tabs = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			tabs.add(() -> refreshed(this.first));
		}
		Set<String> tokens = new HashSet<>();
		try (ExecutorService executor = Executors.newFixedThreadPool(20)) {
			for (Future<String> tab : executor.invokeAll(tabs)) {
				tokens.add(tab.get());
			}
		}

		assertThat(tokens).hasSize(1).doesNotContain(this.first);
		assertThat(refresh(tokens.iterator().next()).codes()).isEmpty();
	}

	@Test
	void sessionExpiresWhenIdle() {
		this.jdbc.sql("UPDATE sessions SET expires_at = clock_timestamp() WHERE id = ?").param(this.session).update();

		assertRefused(this.first);
	}

	@Test
	void refreshExtendsIdleExpiryUpToAbsoluteExpiry() {
		assertThat(days("expires_at - created_at")).isEqualTo(30);
		assertThat(days("ends_at - created_at")).isEqualTo(90);
		this.jdbc.sql("UPDATE sessions SET expires_at = clock_timestamp() + interval '1 day' WHERE id = ?")
			.param(this.session)
			.update();

		String second = refreshed(this.first);

		assertThat(days("expires_at - last_used_at")).isEqualTo(30);
		this.jdbc.sql("UPDATE sessions SET ends_at = clock_timestamp() + interval '10 days' WHERE id = ?")
			.param(this.session)
			.update();

		refreshed(second);

		assertThat(days("ends_at - expires_at")).isZero();
		assertThat(days("expires_at - last_used_at")).isEqualTo(9);
	}

	@Test
	void refreshStoresItsClientAndTime() {
		this.jdbc.sql("UPDATE sessions SET last_used_at = last_used_at - interval '1 day' WHERE id = ?")
			.param(this.session)
			.update();

		this.api.withHeaders(Map.of("User-Agent", "Phone/2.0"))
			.from("203.0.113.9")
			.execute("mutation ($input: RefreshSessionInput) { refreshSession(input: $input) { tokenType } }",
					Map.of("input", Map.of("refreshToken", this.first)))
			.data();

		assertThat(this.jdbc
			.sql("SELECT user_agent || ' ' || ip_address || ' ' || (last_used_at = replaced_at) FROM sessions "
					+ "WHERE id = ?")
			.param(this.session)
			.query(String.class)
			.single()).isEqualTo("Phone/2.0 203.0.113.9 true");
	}

	private int days(String interval) {
		return this.jdbc.sql("SELECT extract(day FROM " + interval + ")::int FROM sessions WHERE id = ?")
			.param(this.session)
			.query(Integer.class)
			.single();
	}

	@Test
	void noTokenIsStoredBeforeOrAfterARefresh() {
		String second = refreshed(this.first);

		String row = this.jdbc.sql("SELECT sessions::text FROM sessions WHERE id = ?")
			.param(this.session)
			.query(String.class)
			.single();

		for (String token : List.of(this.first, second)) {
			byte[] bytes = Base64.getUrlDecoder().decode(token);
			String hex = java.util.HexFormat.of().formatHex(bytes);
			assertThat(row).doesNotContain(token, hex.substring(64, 128), hex.substring(128));
		}
	}

	@Test
	void toStringOmitsRefreshTokens() {
		RefreshToken token = RefreshToken.parse(this.first).orElseThrow();

		assertThat(token.toString()).isEqualTo("RefreshToken[session=" + this.session + "]");
		assertThat(token).isEqualTo(RefreshToken.parse(token.value()).orElseThrow());
	}

	@Test
	void sealedSuccessorIsOpenedByTheReplacedTokenOnly() {
		RefreshToken token = RefreshToken.parse(this.first).orElseThrow();
		RefreshToken successor = token.successor();

		byte[] sealed = token.seal(successor);

		assertThat(successor.value()).isNotEqualTo(token.value());
		assertThat(token.unseal(sealed).value()).isEqualTo(successor.value());
		assertThat(sealed).isNotEqualTo(successor.secret());
		List<RefreshToken> others = List.of(successor, token.successor(),
				new RefreshToken(token.account(), token.session(), new byte[32], token.secret()),
				new RefreshToken(token.account(), token.session(), token.family(), new byte[32]),
				new RefreshToken(token.account(), token.session(), token.secret(), token.family()));
		for (RefreshToken other : others) {
			assertThat(other.unseal(sealed).secret()).isNotEqualTo(successor.secret());
		}
		assertThat(token.seal(token.successor())).isNotEqualTo(sealed);
	}

	/**
	 * The database has the hashes of a token, which do not decrypt its sealed successor.
	 */
	@Test
	void sealedSuccessorCannotBeOpenedWithStoredData() {
		String second = refreshed(this.first);
		byte[] sealed = column("sealed_successor");
		byte[] secret = RefreshToken.parse(second).orElseThrow().secret();

		assertThat(RefreshToken.parse(this.first).orElseThrow().unseal(sealed).value()).isEqualTo(second);
		for (String column : List.of("family_hash", "token_hash", "replaced_hash")) {
			byte[] hash = column(column);
			assertThat(hash).hasSize(32);
			byte[] opened = sealed.clone();
			for (int i = 0; i < opened.length; i++) {
				opened[i] ^= hash[i];
			}
			assertThat(opened).as(column).isNotEqualTo(secret);
		}
	}

	private byte[] column(String name) {
		return this.jdbc.sql("SELECT " + name + " FROM sessions WHERE id = ?")
			.param(this.session)
			.query((row, number) -> row.getBytes(1))
			.single();
	}

}
