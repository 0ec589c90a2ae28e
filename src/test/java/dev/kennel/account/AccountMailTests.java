package dev.kennel.account;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import javax.sql.DataSource;

import dev.kennel.identity.NodeKind;
import dev.kennel.mail.MailTemplate;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import dev.kennel.throttle.RateLimitedAction;
import dev.kennel.throttle.SmallBuckets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mails are written when they are sent, which may be hours after they were enqueued: one
 * that has become obsolete is not sent, and issues no token.
 */
@KennelTest
class AccountMailTests {

	private final Api api;

	private final JdbcClient jdbc;

	private final DataSource dataSource;

	private final MailTemplate verification;

	private final MailTemplate restoration;

	private final MailTemplate changed;

	private final MailTemplate reset;

	private final String name = "m" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	private final String email = this.name + "@example.com";

	private Api ann;

	private UUID account;

	AccountMailTests(Api api, JdbcClient jdbc, DataSource dataSource, List<MailTemplate> templates) {
		this.api = api;
		this.jdbc = jdbc;
		this.dataSource = dataSource;
		// Mails that were enqueued by an earlier version have these kinds.
		this.verification = template(templates, "email-verification");
		this.restoration = template(templates, "email-restoration");
		this.changed = template(templates, "email-changed");
		this.reset = template(templates, "password-reset");
		this.ann = api;
		this.account = new UUID(0, 0);
	}

	private static MailTemplate template(List<MailTemplate> templates, String kind) {
		return templates.stream().filter((template) -> template.kind().equals(kind)).findFirst().orElseThrow();
	}

	@BeforeEach
	void signUp() {
		this.ann = this.api.signUp(this.name);
		this.account = NodeKind.USER.uuid(this.ann.execute("{ me { id } }").text("/me/id"));
	}

	private int tokens() {
		return this.jdbc.sql("SELECT count(*)::int FROM one_time_tokens WHERE user_id = ?")
			.param(this.account)
			.query(Integer.class)
			.single();
	}

	private void verify() {
		this.ann.execute("mutation { requestEmailVerification { success } }").data();
		this.api
			.execute("mutation ($input: VerifyEmailInput!) { verifyEmail(input: $input) { user { id } } }",
					Map.of("input", Map.of("token", TestMail.awaitToken(this.email, 1))))
			.data();
	}

	@Test
	void noLinkIsWrittenOnceAddressIsVerified() {
		assertThat(this.verification.write(this.account.toString())).isNotNull();
		verify();

		assertThat(this.verification.write(this.account.toString())).isNull();
		assertThat(tokens()).isZero();
	}

	@Test
	void requestForVerifiedAddressSendsNoMailAndCostsNone() {
		verify();
		SmallBuckets.exhaust(this.dataSource, RateLimitedAction.MAIL, "account", this.account.toString());

		assertThat(this.ann.execute("mutation { requestEmailVerification { success } }").data().toString())
			.isEqualTo("{\"requestEmailVerification\":{\"success\":true}}");

		TestMail.await(() -> this.jdbc.sql("SELECT count(*)::int FROM mail_orders").query(Integer.class).single(),
				(jobs) -> jobs == 0);
		assertThat(TestMail.to(this.email)).hasSize(1);
	}

	@Test
	void noLinkIsWrittenWithoutFormerAddress() {
		assertThat(this.restoration.write(this.account.toString())).isNull();
	}

	@Test
	void noMailIsWrittenForDeletedAccount() {
		String gone = UUID.randomUUID().toString();
		List<MailTemplate> templates = List.of(this.verification, this.restoration);

		assertThat(templates).allSatisfy((template) -> assertThat(template.write(gone)).isNull());
		assertThat(this.changed.write(gone + " " + this.email)).isNull();
		assertThat(this.changed.write(this.account + " " + this.email)).isNotNull();
	}

	@Test
	void resetLinkIsWrittenForAddressOfAnAccountOnly() {
		for (String address : List.of("nobody-" + this.email, this.name, "", "nul\0@" + this.email, "\0" + this.email,
				"@" + this.name, this.email + "." + "x".repeat(300))) {
			assertThat(this.reset.write(address)).as(address).isNull();
		}
		assertThat(tokens()).isZero();
		assertThat(this.reset.write(this.email)).isNotNull().extracting("to").isEqualTo(this.email);
		assertThat(tokens()).isEqualTo(1);
	}

	/** A stranger may have signed up with the address. */
	@Test
	void mailToAnUnverifiedAddressDoesNotNameTheAccount() {
		assertThat(Objects.requireNonNull(this.verification.write(this.account.toString())).text())
			.doesNotContain(this.name);
		assertThat(Objects.requireNonNull(this.reset.write(this.email)).text()).doesNotContain(this.name);
		verify();

		assertThat(Objects.requireNonNull(this.reset.write(this.email)).text())
			.contains("The username of the account is \"" + this.name + "\".");
	}

}
