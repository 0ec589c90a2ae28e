package dev.kennel.session;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SessionListTests {

	private final Api api;

	private final JdbcClient jdbc;

	private final SqlRecorder sql;

	private final String name = "s" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	SessionListTests(Api api, JdbcClient jdbc, SqlRecorder sql) {
		this.api = api;
		this.jdbc = jdbc;
		this.sql = sql;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private Api login(Api client) {
		return this.api.withToken(client
			.execute("mutation ($input: LoginInput!) { login(input: $input) { accessToken } }",
					Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)))
			.text("/login/accessToken"));
	}

	private static List<String> sessions(Api client) {
		return client.execute("{ me { sessions { id } } }")
			.texts("/me/sessions", "id")
			.stream()
			.map(String::valueOf)
			.toList();
	}

	private static String current(Api client) {
		for (var session : client.execute("{ me { sessions { id current } } }").data().at("/me/sessions")) {
			if (session.get("current").asBoolean()) {
				return session.get("id").asString();
			}
		}
		throw new AssertionError("No session is the current one");
	}

	private static boolean isSignedIn(Api client) {
		return client.execute("{ me { id } }").codes().isEmpty();
	}

	private static Api.Response revoke(Api client, String id) {
		return client.execute(
				"mutation ($input: RevokeSessionInput!) { revokeSession(input: $input) { revokedSessionId } }",
				Map.of("input", Map.of("id", id)));
	}

	@Test
	void sessionsShowTheirClientsAndTheCurrentOne() {
		Api phone = login(
				this.api.withHeaders(Map.of("User-Agent", "Phone/1.0 \u00e4", "X-Forwarded-For", "203.0.113.7")));

		Api.Response response = phone.execute("{ me { sessions { userAgent ipAddress current } } }");

		assertThat(response.data().at("/me/sessions/0/userAgent").asString()).startsWith("Phone/1.0");
		assertThat(response.data().at("/me/sessions/0/ipAddress").asString()).isEqualTo("203.0.113.7");
		assertThat(response.data().at("/me/sessions/0/current").asBoolean()).isTrue();
		assertThat(response.data().at("/me/sessions/1/ipAddress").asString()).isEqualTo("127.0.0.1");
		assertThat(response.data().at("/me/sessions/1/current").asBoolean()).isFalse();
		assertThat(response.data().at("/me/sessions")).hasSize(2);
	}

	@Test
	void ipv6AddressesAreInTheFormOfRfc5952() {
		Api phone = login(this.api.from("2001:DB8:0:0:0:0:00:7"));
		assertThat(phone.execute("{ me { sessions { ipAddress } } }").text("/me/sessions/0/ipAddress"))
			.isEqualTo("2001:db8::7");

		// As earlier versions stored it.
		this.jdbc.sql("UPDATE sessions SET ip_address = '2001:db8:0:0:0:0:0:8' WHERE ip_address = '2001:db8::7'")
			.update();
		assertThat(phone.execute("{ me { sessions { ipAddress } } }").text("/me/sessions/0/ipAddress"))
			.isEqualTo("2001:db8::8");
	}

	@Test
	void sessionsAreLoadedByOneStatementPerOperation() {
		this.ann.createOwner("One");
		this.ann.createOwner("Two");

		List<String> statements = this.sql.record(
				() -> this.ann.execute("{ a: me { sessions { id } } myOwners { nodes { user { sessions { id } } } } }")
					.data());

		assertThat(statements.stream().filter((statement) -> statement.contains("FROM sessions"))).hasSize(1);
	}

	@Test
	void loginPayloadResolvesAllFieldsOfTheNewSession() {
		this.ann.createOwner("Ann");

		Api.Response response = this.api.execute("""
				mutation ($input: LoginInput!) {
				  login(input: $input) {
				    session { current }
				    user { username owners { nodes { name } } sessions { current } }
				  }
				}""", Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));

		assertThat(response.data().toString())
			.isEqualTo("{\"login\":{\"session\":{\"current\":true},\"user\":{\"username\":\"" + this.name
					+ "\",\"owners\":{\"nodes\":[{\"name\":\"Ann\"}]},"
					+ "\"sessions\":[{\"current\":true},{\"current\":false}]}}}");
	}

	@Test
	void loginToAnotherAccountSwitchesTheCaller() {
		Api bob = this.api.signUp();
		bob.createOwner("Bob's");
		this.ann.createOwner("Ann's");

		Api.Response response = bob.execute("""
				mutation ($input: LoginInput!) {
				  login(input: $input) { user { username owners { nodes { name } } } }
				}""", Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));

		assertThat(response.data().at("/login/user/owners").toString()).isEqualTo("{\"nodes\":[{\"name\":\"Ann's\"}]}");
	}

	@Test
	void sessionIsANode() {
		String id = current(this.ann);

		assertThat(this.ann
			.execute("query ($id: ID!) { node(id: $id) { id ... on Session { current } } }", Map.of("id", id))
			.data()
			.toString()).isEqualTo("{\"node\":{\"id\":\"" + id + "\",\"current\":true}}");
		assertThat(this.api.signUp()
			.execute("query ($id: ID!) { node(id: $id) { id } }", Map.of("id", id))
			.data()
			.toString()).isEqualTo("{\"node\":null}");
	}

	@Test
	void revokingSessionRefusesItsTokensAndNoOthers() {
		Api phone = login(this.api);
		String id = current(phone);

		assertThat(revoke(this.ann, id).text("/revokeSession/revokedSessionId")).isEqualTo(id);

		assertThat(isSignedIn(phone)).isFalse();
		assertThat(isSignedIn(this.ann)).isTrue();
		assertThat(sessions(this.ann)).containsExactly(current(this.ann));
		assertThat(revoke(this.ann, id).codes()).containsExactly("NOT_FOUND");
	}

	@Test
	void sessionOfAnotherAccountCannotBeRevoked() {
		String id = current(this.ann);

		assertThat(revoke(this.api.signUp(), id).codes()).containsExactly("NOT_FOUND");
		assertThat(revoke(this.ann, "ses_00000000000000000000000000").codes()).containsExactly("NOT_FOUND");
		assertThat(revoke(this.ann, "usr_00000000000000000000000000").codes()).containsExactly("BAD_USER_INPUT");

		assertThat(isSignedIn(this.ann)).isTrue();
		assertThat(sessions(this.ann)).containsExactly(id);
	}

	@Test
	void revokingOthersKeepsTheCallersSession() {
		List<Api> others = IntStream.range(0, 3).mapToObj((i) -> login(this.api)).toList();

		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").data().toString())
			.isEqualTo("{\"revokeOtherSessions\":{\"revokedCount\":3}}");

		assertThat(others).noneMatch(SessionListTests::isSignedIn);
		assertThat(isSignedIn(this.ann)).isTrue();
		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").data().toString())
			.isEqualTo("{\"revokeOtherSessions\":{\"revokedCount\":0}}");
	}

	@Test
	void expiredSessionIsNeitherListedNorCounted() {
		Api phone = login(this.api);
		Api tablet = login(this.api);
		String id = current(phone);
		this.jdbc.sql("UPDATE sessions SET expires_at = clock_timestamp() WHERE id IN (?, ?)")
			.params(NodeKind.SESSION.uuid(id), NodeKind.SESSION.uuid(current(tablet)))
			.update();

		assertThat(sessions(this.ann)).containsExactly(current(this.ann));
		assertThat(revoke(this.ann, id).codes()).containsExactly("NOT_FOUND");
		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").data().toString())
			.isEqualTo("{\"revokeOtherSessions\":{\"revokedCount\":0}}");
		// Its access token has not expired yet.
		assertThat(isSignedIn(tablet)).isFalse();
	}

	@Test
	void fieldsAfterLogoutAreSignedOut() {
		Api.Response response = this.ann
			.execute("mutation { logout { success } createOwner(input: { name: \"Late\" }) { owner { id } } }");

		assertThat(response.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(response.json().at("/data/logout/success").asBoolean()).isTrue();
		assertThat(isSignedIn(this.ann)).isFalse();
	}

	/** The row was removed, but the access token has not expired. */
	@Test
	void logoutRevokesTokensOfRemovedSession() {
		this.jdbc.sql("DELETE FROM sessions WHERE id = ?").param(NodeKind.SESSION.uuid(current(this.ann))).update();
		assertThat(isSignedIn(this.ann)).isTrue();

		assertThat(this.ann.execute("mutation { logout { success } }").data().toString())
			.isEqualTo("{\"logout\":{\"success\":true}}");

		assertThat(this.ann.execute("{ me { id } }").reasons()).containsExactly("UNAUTHENTICATED SESSION_ENDED");
	}

	@Test
	void requestIsRecordedAsUseOfItsSession() {
		Api phone = login(this.api);
		this.jdbc
			.sql("UPDATE sessions SET last_used_at = clock_timestamp() - interval '1 hour' "
					+ "WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.update();

		phone.execute("{ __typename }").data();

		TestMail.await(() -> this.jdbc
			.sql("SELECT last_used_at > clock_timestamp() - interval '1 minute' FROM sessions "
					+ "WHERE user_id = (SELECT id FROM users WHERE username = ?) ORDER BY id")
			.param(this.name)
			.query(Boolean.class)
			.list(), List.of(false, true)::equals);
	}

	@Test
	void accessTokenIsVerifiedWithoutStatement() {
		assertThat(this.sql.record(() -> this.ann.execute("{ __typename }").data())).isEmpty();
	}

	@Test
	void hundredAndFirstSessionRevokesTheLeastRecentlyUsed() {
		this.jdbc.sql(
				"INSERT INTO sessions (user_id, id, created_at, last_used_at, expires_at, ends_at, family_hash, token_hash) "
						+ "SELECT id, gen_random_uuid(), now(), now() + interval '1 hour', now() + interval '1 day', "
						+ "now() + interval '1 day', '', '' " + "FROM users, generate_series(1, 99) WHERE username = ?")
			.param(this.name)
			.update();
		// A use is recorded asynchronously, so that of this session could be written
		// later: it is the least recent all the same.
		assertThat(sessions(this.ann)).hasSize(100);

		Api phone = login(this.api);

		assertThat(sessions(phone)).hasSize(100);
		assertThat(isSignedIn(this.ann)).isFalse();
	}

	/** Moves the start of all sessions of the account some minutes into the past. */
	private void age(int minutes) {
		this.jdbc
			.sql("UPDATE sessions SET created_at = created_at - make_interval(mins => ?), "
					+ "authenticated_at = authenticated_at - make_interval(mins => ?) "
					+ "WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.params(minutes, minutes, this.name)
			.update();
	}

	private static Api.Response reauthenticate(Api client, String password) {
		return client.execute("""
				mutation ($input: ReauthenticateInput!) {
				  reauthenticate(input: $input) { session { id current authenticatedAt } }
				}""", Map.of("input", Map.of("password", password)));
	}

	private static void assertReauthenticationRequired(Api.Response response) {
		assertThat(response.codes()).containsExactly("FORBIDDEN");
		assertThat(response.json().at("/errors/0/extensions/reason").asString()).isEqualTo("REAUTHENTICATION_REQUIRED");
	}

	@Test
	void revokingOtherSessionsRequiresAProofWithinTenMinutes() {
		Api phone = login(this.api);
		String phonesSession = current(phone);
		age(9);
		String third = current(login(this.api));
		assertThat(revoke(this.ann, third).codes()).isEmpty();
		age(1);

		assertReauthenticationRequired(revoke(this.ann, phonesSession));
		assertReauthenticationRequired(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }"));
		assertReauthenticationRequired(revoke(this.ann, "ses_00000000000000000000000000"));
		assertThat(isSignedIn(phone)).isTrue();
		assertThat(reauthenticate(this.ann, "not the password").violations())
			.containsExactly("input.password WRONG_PASSWORD");
		assertReauthenticationRequired(revoke(this.ann, phonesSession));
		assertThat(isSignedIn(phone)).isTrue();

		assertThat(reauthenticate(this.ann, Api.PASSWORD).text("/reauthenticate/session/id"))
			.isEqualTo(current(this.ann));
		// The proof is that of this session alone.
		assertReauthenticationRequired(revoke(phone, current(this.ann)));
		assertThat(revoke(this.ann, phonesSession).codes()).isEmpty();
		assertThat(isSignedIn(phone)).isFalse();
	}

	/** Earlier versions did not store when a session had proved the password. */
	@Test
	void sessionOfAnEarlierVersionIsAuthenticatedByItsLogIn() {
		Api phone = login(this.api);
		this.jdbc
			.sql("UPDATE sessions SET authenticated_at = NULL "
					+ "WHERE user_id = (SELECT id FROM users WHERE username = ?)")
			.param(this.name)
			.update();
		age(9);
		assertThat(revoke(this.ann, current(phone)).codes()).isEmpty();

		age(1);

		assertReauthenticationRequired(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }"));
	}

	@Test
	void ownSessionIsRevokedWithoutThePassword() {
		age(60);

		assertThat(revoke(this.ann, current(this.ann)).codes()).isEmpty();
		assertThat(isSignedIn(this.ann)).isFalse();
	}

	@Test
	void passwordOfAnotherMutationCountsAsReauthentication() {
		age(60);
		String before = this.ann.execute("{ me { sessions { authenticatedAt } } }")
			.text("/me/sessions/0/authenticatedAt");
		this.ann
			.execute("mutation ($input: UpdateMeInput!) { updateMe(input: $input) { user { id } } }",
					Map.of("input", Map.of("username", this.name, "currentPassword", Api.PASSWORD)))
			.data();

		assertThat(this.ann.execute("{ me { sessions { authenticatedAt } } }").text("/me/sessions/0/authenticatedAt"))
			.isGreaterThan(before);
		assertThat(this.ann.execute("mutation { revokeOtherSessions { revokedCount } }").codes()).isEmpty();
	}

	@Test
	void sessionHasItsAuthenticationMethods() {
		login(this.api);

		assertThat(this.ann.execute("{ me { sessions { amr } } }").data().toString())
			.isEqualTo("{\"me\":{\"sessions\":[{\"amr\":[\"pwd\"]},{\"amr\":[\"pwd\"]}]}}");
	}

	/** Earlier versions open sessions with the password, and do not say so. */
	@Test
	void sessionOfAnEarlierVersionHasTheMethodPassword() {
		this.jdbc.sql("UPDATE sessions SET amr = NULL WHERE id = ?")
			.param(NodeKind.SESSION.uuid(current(this.ann)))
			.update();

		assertThat(this.ann.execute("{ me { sessions { amr } } }").data().toString())
			.isEqualTo("{\"me\":{\"sessions\":[{\"amr\":[\"pwd\"]}]}}");
	}

}
