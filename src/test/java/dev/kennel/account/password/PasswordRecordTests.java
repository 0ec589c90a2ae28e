package dev.kennel.account.password;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PasswordRecordTests {

	private static final String SECRET = "correct horse battery staple";

	/** The default toString of records has their members. */
	@Test
	void toStringOmitsPasswordsAddressesAndTokens() {
		assertThat(new ChangePasswordInput(SECRET, SECRET).toString()).isEqualTo("ChangePasswordInput[]");
		assertThat(new ResetPasswordInput("token", SECRET).toString()).isEqualTo("ResetPasswordInput[]");
		assertThat(new RequestPasswordResetInput("ann@example.com").toString())
			.isEqualTo("RequestPasswordResetInput[]");
	}

	/** Passwords of keyboards that compose characters, and that do not. */
	@Test
	void passwordsAreNormalized() {
		assertThat(new ChangePasswordInput("u\u0308", "a\u0308").currentPassword()).isEqualTo("\u00fc");
		assertThat(new ChangePasswordInput("u\u0308", "a\u0308").newPassword()).isEqualTo("\u00e4");
	}

}
