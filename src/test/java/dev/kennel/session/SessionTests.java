package dev.kennel.session;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.UUID;

import javax.crypto.SecretKey;

import dev.kennel.graphql.node.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class SessionTests {

	private static final String LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken user { username } } }";

	private final Api api;

	private final SigningKeys keys;

	private final String name = "u" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private Api ann;

	SessionTests(Api api, SigningKeys keys) {
		this.api = api;
		this.keys = keys;
		this.ann = api;
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
	}

	private Api.Answer login(Api client, String username, String password) {
		return client.execute(LOGIN, Map.of("input", Map.of("username", username, "password", password)));
	}

	@Test
	void oneLogsInWhateverTheCaseOfTheName() {
		Api.Answer answer = login(this.api, " " + this.name.toUpperCase(java.util.Locale.ROOT), Api.PASSWORD);

		assertThat(answer.text("/login/user/username")).isEqualTo(this.name);
	}

	@Test
	void aWrongNameAndAWrongPasswordCannotBeToldApart() {
		Api.Answer wrongPassword = login(this.api, this.name, "wrong password");
		Api.Answer wrongName = login(this.api, this.name + "x", Api.PASSWORD);

		assertThat(wrongPassword.codes()).containsExactly("UNAUTHENTICATED");
		assertThat(wrongName.json()).isEqualTo(wrongPassword.json());
	}

	@Test
	void belowALogInAllFieldsAreThoseOfWhoHasLoggedIn() {
		Api bob = this.api.signUp();
		bob.createOwner("Bob's owner");
		this.ann.createDog(this.ann.createOwner("Ann's owner"), "Ann's dog");

		for (Api sender : java.util.List.of(this.api, this.api.withToken("nonsense"), bob)) {
			Api.Answer answer = sender
				.execute("mutation ($input: LoginInput!) { login(input: $input) { user { username "
						+ "owners { nodes { name user { username } dogs { nodes { name owner { name } } } } totalCount } } } }",
						Map.of("input", Map.of("username", this.name, "password", Api.PASSWORD)));

			assertThat(answer.data().toString()).isEqualTo("{\"login\":{\"user\":{\"username\":\"" + this.name
					+ "\",\"owners\":{\"nodes\":[{\"name\":\"Ann's owner\",\"user\":{\"username\":\"" + this.name
					+ "\"},\"dogs\":{\"nodes\":[{\"name\":\"Ann's dog\",\"owner\":{\"name\":\"Ann's owner\"}}]}}],"
					+ "\"totalCount\":1}}}}");
		}
	}

	@Test
	void thePasswordIsCaseSensitive() {
		assertThat(login(this.api, this.name, Api.PASSWORD.toUpperCase(java.util.Locale.ROOT)).codes())
			.containsExactly("UNAUTHENTICATED");
	}

	@Test
	void meIsNullWhenSignedOut() {
		assertThat(this.api.execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
	}

	@Test
	void everythingElseNeedsAnAccount() {
		assertThat(this.api.execute("{ myOwners { nodes { id } } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(this.api.execute("{ myDogs { nodes { id } } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(this.api.execute("mutation { logout { success } }").codes()).containsExactly("UNAUTHENTICATED");
	}

	@Test
	void afterLoggingOutTheTokenIsRefusedAndOthersAreNot() {
		Api other = this.api.withToken(login(this.api, this.name, Api.PASSWORD).text("/login/accessToken"));

		assertThat(this.ann.execute("mutation { logout { success } }").data().toString())
			.isEqualTo("{\"logout\":{\"success\":true}}");

		assertRefused(this.ann.token());
		assertThat(other.execute("{ me { username } }").text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void withATokenThatIsNotValidOneCanStillLogIn() {
		Api.Answer answer = login(this.api.withToken("nonsense"), this.name, Api.PASSWORD);

		assertThat(answer.text("/login/user/username")).isEqualTo(this.name);
	}

	@Test
	void aTokenMadeWithTheRightKeyIsGood() {
		assertThat(this.api.withToken(sign(token(), key())).execute("{ me { username } }").text("/me/username"))
			.isEqualTo(this.name);
	}

	@Test
	void anExpiredTokenIsRefused() {
		assertRefused(sign(token().expiration(Date.from(Instant.now().minusSeconds(31))), key()));
	}

	@Test
	void aTokenWithoutAnEndIsRefused() {
		assertRefused(sign(token().expiration(null), key()));
	}

	@Test
	void aTokenOfAnotherKeyIsRefused() {
		assertRefused(sign(token(), Jwts.SIG.HS256.key().build()));
	}

	@Test
	void aTokenOfAnUnknownKeyIdIsRefused() {
		assertRefused(sign(token().header().keyId("other").and(), key()));
	}

	@Test
	void aTokenOfAnotherIssuerIsRefused() {
		assertRefused(sign(token().issuer("other"), key()));
	}

	@Test
	void aTokenForAnotherAudienceIsRefused() {
		assertRefused(sign(token().claim("aud", "other"), key()));
		assertRefused(sign(token().claim("aud", null), key()));
	}

	@Test
	void aTokenOfAClockThatIsMoreThanHalfAMinuteAheadIsRefused() {
		assertRefused(sign(token().issuedAt(Date.from(Instant.now().plusSeconds(35))), key()));
		assertThat(this.api.withToken(sign(token().issuedAt(Date.from(Instant.now().plusSeconds(20))), key()))
			.execute("{ me { username } }")
			.text("/me/username")).isEqualTo(this.name);
	}

	@Test
	void aTokenOfAnotherTypeIsRefused() {
		assertRefused(sign(token().header().type("JWT").and(), key()));
	}

	@Test
	void anotherAlgorithmWithTheSameKeyIsRefused() {
		SecretKey sameBytes = Keys.hmacShaKeyFor(java.util.Arrays.copyOf(key().getEncoded(), 64));
		assertRefused(token().signWith(sameBytes, Jwts.SIG.HS512).compact());
	}

	@Test
	void anUnsignedTokenIsRefused() {
		assertRefused(token().compact());
		String[] parts = this.ann.token().split("\\.");
		String none = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(("{\"typ\":\"at+jwt\",\"kid\":\"" + this.keys.current().id() + "\",\"alg\":\"none\"}")
				.getBytes(StandardCharsets.UTF_8));
		assertRefused(none + "." + parts[1] + ".");
		assertRefused(none + "." + parts[1] + "." + parts[2]);
	}

	@Test
	void aTokenWithoutAClaimThatItNeedsIsRefused() {
		assertRefused(sign(token().subject(null), key()));
		assertRefused(sign(token().claim("sid", null), key()));
		assertRefused(sign(token().expiration(null), key()));
	}

	@Test
	void aTokenThatIsNotWholeIsRefused() {
		String token = this.ann.token();
		assertRefused(token.substring(0, token.length() - 1));
		assertRefused(token.substring(1));
		assertRefused(token.substring(0, token.lastIndexOf('.')));
		assertRefused("");
		assertRefused("a.b.c");
		assertRefused("x".repeat(5_000));
	}

	@Test
	void aTokenWhoseClaimsWereChangedIsRefused() {
		String[] parts = this.ann.token().split("\\.");
		String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
		String changed = claims.replace("usr_0", "usr_1");
		assertThat(changed).isNotEqualTo(claims);
		assertRefused(parts[0] + "."
				+ Base64.getUrlEncoder().withoutPadding().encodeToString(changed.getBytes(StandardCharsets.UTF_8)) + "."
				+ parts[2]);
	}

	/**
	 * A token as the service makes them, but for the session, which the service has never
	 * opened.
	 */
	private JwtBuilder token() {
		String user = this.ann.execute("{ me { id } }").text("/me/id");
		return Jwts.builder()
			.json(JwtJson.SERIALIZER)
			.header()
			.type("at+jwt")
			.keyId(this.keys.current().id())
			.and()
			.issuer("kennel")
			.audience()
			.add("kennel")
			.and()
			.subject(user)
			.claim("sid", NodeKind.SESSION.id(UUID.randomUUID()).toString())
			.expiration(Date.from(Instant.now().plusSeconds(60)));
	}

	private SecretKey key() {
		return (SecretKey) this.keys.current().signing();
	}

	private static String sign(JwtBuilder token, SecretKey key) {
		return token.signWith(key, Jwts.SIG.HS256).compact();
	}

	private void assertRefused(String token) {
		Api client = this.api.withToken(token);
		assertThat(client.execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
		assertThat(client.execute("{ myOwners { nodes { id } } }").codes()).containsExactly("UNAUTHENTICATED");
	}

}
