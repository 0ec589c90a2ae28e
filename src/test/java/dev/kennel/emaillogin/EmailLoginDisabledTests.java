package dev.kennel.emaillogin;

import java.util.Map;
import java.util.UUID;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** A service without log-ins by mail, as it is by default. */
@KennelTest
@TestPropertySource(properties = "kennel.auth.email-login.enabled=false")
class EmailLoginDisabledTests {

	private static final String DISABLED = "FORBIDDEN EMAIL_LOGIN_DISABLED";

	private final Api api;

	private final JdbcClient jdbc;

	EmailLoginDisabledTests(Api api, JdbcClient jdbc) {
		this.api = api;
		this.jdbc = jdbc;
	}

	private long count(String table) {
		return this.jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single();
	}

	@Test
	void nothingIsStoredOrSent() {
		String name = "d" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);
		this.api.signUp(name);
		this.jdbc.sql("UPDATE users SET email_verified_at = clock_timestamp()").update();
		long buckets = count("throttle_buckets");

		assertThat(this.api
			.execute("""
					mutation ($input: RequestEmailLoginInput!) { requestEmailLogin(input: $input) { expiresAt } }""",
					Map.of("input", Map.of("email", name + "@example.com")))
			.reasons()).containsExactly(DISABLED);
		assertThat(this.api.execute("""
				mutation { finishEmailLogin(input: { browserSecret: "x", code: "000000" }) { __typename } }""")
			.reasons()).containsExactly(DISABLED);
		assertThat(this.api.execute("""
				mutation { finishEmailLogin(input: { browserSecret: "x", token: "x" }) { __typename } }""").reasons())
			.containsExactly(DISABLED);

		assertThat(count("mail_orders")).isZero();
		assertThat(count("email_logins")).isZero();
		assertThat(count("throttle_buckets")).isEqualTo(buckets);
		assertThat(count("sessions")).isEqualTo(1);
	}

}
