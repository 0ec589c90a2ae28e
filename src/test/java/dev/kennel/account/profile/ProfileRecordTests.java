package dev.kennel.account.profile;

import org.junit.jupiter.api.Test;

import org.springframework.graphql.data.ArgumentValue;

import static org.assertj.core.api.Assertions.assertThat;

class ProfileRecordTests {

	private static final String SECRET = "correct horse battery staple";

	private static final String EMAIL = "ann@example.com";

	/** The default toString of records has their members. */
	@Test
	void toStringOmitsPasswordsAndAddresses() {
		assertThat(new SignupInput("ann", EMAIL, SECRET).toString()).isEqualTo("SignupInput[username=ann]");
		assertThat(
				new UpdateMeInput(ArgumentValue.ofNullable("ann"), ArgumentValue.ofNullable(EMAIL), SECRET).toString())
			.isEqualTo("UpdateMeInput[]");
	}

	@Test
	void onlyNameAndAddressRequireThePassword() {
		assertThat(new UpdateMeInput(ArgumentValue.omitted(), ArgumentValue.omitted(), null).isSensitive()).isFalse();
		assertThat(new UpdateMeInput(ArgumentValue.ofNullable("ann"), ArgumentValue.omitted(), null).isSensitive())
			.isTrue();
		assertThat(new UpdateMeInput(ArgumentValue.omitted(), ArgumentValue.ofNullable(EMAIL), null).isSensitive())
			.isTrue();
	}

	/** Passwords of keyboards that compose characters, and that do not. */
	@Test
	void passwordIsNormalized() {
		assertThat(new UpdateMeInput(ArgumentValue.omitted(), ArgumentValue.omitted(), "u\u0308").currentPassword())
			.isEqualTo("\u00fc");
		assertThat(new UpdateMeInput(ArgumentValue.omitted(), ArgumentValue.omitted(), null).currentPassword())
			.isNull();
	}

}
