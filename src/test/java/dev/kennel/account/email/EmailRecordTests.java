package dev.kennel.account.email;

import java.time.Instant;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EmailRecordTests {

	private static final AccountId ACCOUNT = new AccountId(UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad90"));

	private static final String EMAIL = "ann@example.com";

	@Test
	void formerAddressMatchesInAnyCase() {
		FormerEmail former = new FormerEmail(ACCOUNT, EMAIL, Instant.EPOCH);

		assertThat(former.matches("ANN@Example.com")).isTrue();
		assertThat(former.matches("anna@example.com")).isFalse();
	}

	/** The default toString of records has their members. */
	@Test
	void toStringOmitsAddressesAndTokens() {
		assertThat(new FormerEmail(ACCOUNT, EMAIL, Instant.EPOCH).toString())
			.isEqualTo("FormerEmail[account=" + ACCOUNT + "]");
		assertThat(new VerifyEmailInput("token").toString()).isEqualTo("VerifyEmailInput[]");
		assertThat(new RestoreEmailInput("token").toString()).isEqualTo("RestoreEmailInput[]");
	}

}
