package dev.kennel.account.password;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;

import dev.kennel.identity.Client;
import dev.kennel.test.Api;
import dev.kennel.test.HashRecorder;
import dev.kennel.test.KennelTest;
import dev.kennel.throttle.PasswordHashBulkhead;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@KennelTest
class PasswordHasherTests {

	private static final Argon2Properties PROPERTIES = new Argon2Properties(DataSize.ofMegabytes(7), 1, 1);

	private static final Client CLIENT = new Client("127.0.0.1", null, "test", null);

	private final Api api;

	private final HashRecorder hashes;

	private final PasswordHashBulkhead bulkhead;

	private final ObjectProvider<Tracer> tracer;

	private final String name = "p" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	PasswordHasherTests(Api api, HashRecorder hashes, PasswordHashBulkhead bulkhead, ObjectProvider<Tracer> tracer) {
		this.api = api;
		this.hashes = hashes;
		this.bulkhead = bulkhead;
		this.tracer = tracer;
	}

	/** The emoji is two UTF-16 units, so the longest password has 256. */
	@Test
	void longestPasswordLogsInAndImpossiblePasswordIsNotHashed() {
		String longest = "\ud83d\udc15".repeat(128);
		this.api
			.execute("mutation ($input: SignupInput!) { signup(input: $input) { accessToken } }",
					Map.of("input",
							Map.of("username", this.name, "email", this.name + "@example.com", "password", longest)))
			.data();

		assertThat(this.api.login(this.name, longest).codes()).isEmpty();
		for (String username : new String[] { this.name, "x" + this.name.substring(1) }) {
			for (String wrong : new String[] { longest + "x", "x".repeat(100_000), "" }) {
				assertThat(hashes(username, wrong)).isEmpty();
			}
			assertThat(hashes(username, "\0")).containsExactly("{argon2}$argon2id$v=19$m=7168,t=1,p=1");
		}
	}

	/** Returns the hashes of a log-in that fails. */
	private List<String> hashes(String username, String password) {
		return this.hashes.record(() -> assertThat(this.api.login(username, password).reasons())
			.containsExactly("UNAUTHENTICATED INVALID_CREDENTIALS"));
	}

	/**
	 * UTF-8 has no encoding of an unpaired surrogate; Java writes a question mark
	 * instead.
	 */
	@Test
	void unpairedSurrogateDoesNotMatchQuestionMark() {
		PasswordHasher passwords = passwords(new PasswordConfiguration().passwordEncoder(PROPERTIES));
		String hash = passwords.hash("?", CLIENT);

		assertThat(passwords.matches("?", hash, CLIENT)).isTrue();
		assertThat(passwords.matches("\ud83d", hash, CLIENT)).isFalse();
	}

	@Test
	void defaultHashParametersMeetOwaspRecommendation() {
		PasswordHasher passwords = passwords(new Argon2Properties(DataSize.ofMegabytes(19), 2, 1));

		String hash = passwords.hash(Api.PASSWORD, CLIENT);

		assertThat(hash).startsWith("{argon2}$argon2id$v=19$m=19456,t=2,p=1$");
		assertThat(passwords.matches(Api.PASSWORD, hash, CLIENT)).isTrue();
		assertThat(passwords.matches("another", hash, CLIENT)).isFalse();
		assertThat(passwords.matches(Api.PASSWORD, null, CLIENT)).isFalse();
		assertThat(passwords.isOutdated(hash)).isFalse();
	}

	@Test
	void dummyHashCostsAsMuchAsAnyOther() {
		PasswordHasher passwords = passwords(new Argon2Properties(DataSize.ofMegabytes(8), 3, 2));

		String hash = passwords.hash(Api.PASSWORD, CLIENT);

		String parameters = "{argon2}$argon2id$v=19$m=8192,t=3,p=2$";
		assertThat(hash).startsWith(parameters);
		assertThat(passwords.dummyHash()).startsWith(parameters).hasSameSizeAs(hash);
		assertThat(passwords.matches("", passwords.dummyHash(), CLIENT)).isFalse();
		assertThat(passwords.matches(Api.PASSWORD, null, CLIENT)).isFalse();
	}

	private PasswordHasher passwords(Argon2Properties properties) {
		return new PasswordHasher(new PasswordConfiguration().passwordEncoder(properties), properties, this.bulkhead,
				new BreachedPasswords(new BreachedPasswordsProperties("")), this.tracer);
	}

	private PasswordHasher passwords(PasswordEncoder encoder) {
		return new PasswordHasher(encoder, PROPERTIES, this.bulkhead,
				new BreachedPasswords(new BreachedPasswordsProperties("")), this.tracer);
	}

	@Test
	void encoderExceptionIsPropagated() {
		PasswordHasher passwords = passwords(new Broken());

		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> passwords.matches(Api.PASSWORD, "hash", CLIENT))
			.withMessage("broken");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> passwords.hash(Api.PASSWORD, CLIENT))
			.withMessage("broken");
	}

	@Test
	void hashingAfterShutdownIsRejected() {
		PasswordHasher passwords = passwords(new PasswordConfiguration().passwordEncoder(PROPERTIES));
		assertThat(passwords.hash(Api.PASSWORD, CLIENT)).startsWith("{argon2}");

		passwords.destroy();

		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> passwords.hash(Api.PASSWORD, CLIENT));
	}

	private static final class Broken implements PasswordEncoder {

		@Override
		public String encode(@Nullable CharSequence password) {
			throw new IllegalStateException("broken");
		}

		@Override
		public boolean matches(@Nullable CharSequence password, @Nullable String hash) {
			throw new IllegalStateException("broken");
		}

	}

}
