package dev.kennel.account;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.stream.Stream;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.OneTimeToken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.graphql.data.ArgumentValue;

import static org.assertj.core.api.Assertions.assertThat;

/** The package's records and entities. */
class AccountRecordTests {

	private static final UUID KEY = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad90");

	private static final AccountId ACCOUNT = new AccountId(KEY);

	private static final String SECRET = "correct horse battery staple";

	private static final String EMAIL = "ann@example.com";

	/** The default toString of records has their members. */
	static Stream<Arguments> printed() {
		return Stream.of(Arguments.of(new SignupInput("ann", EMAIL, SECRET), "SignupInput[username=ann]"),
				Arguments.of(
						new UpdateMeInput(ArgumentValue.ofNullable("ann"), ArgumentValue.ofNullable(EMAIL), SECRET),
						"UpdateMeInput[]"),
				Arguments.of(new ChangePasswordInput(SECRET, SECRET), "ChangePasswordInput[]"),
				Arguments.of(new ResetPasswordInput("token", SECRET), "ResetPasswordInput[]"),
				Arguments.of(new RequestPasswordResetInput(EMAIL), "RequestPasswordResetInput[]"),
				Arguments.of(new VerifyEmailInput("token"), "VerifyEmailInput[]"),
				Arguments.of(new RestoreEmailInput("token"), "RestoreEmailInput[]"),
				Arguments.of(new DeleteMeInput(SECRET), "DeleteMeInput[]"),
				Arguments.of(new FormerEmail(ACCOUNT, EMAIL, Instant.EPOCH), "FormerEmail[account=" + ACCOUNT + "]"),
				Arguments.of(new OneTimeToken(ACCOUNT, new byte[32]), "OneTimeToken[account=" + ACCOUNT + "]"));
	}

	@ParameterizedTest
	@MethodSource
	void printed(Object value, String text) {
		assertThat(value.toString()).isEqualTo(text);
	}

	@Test
	void oneTimeTokensAreEqualIfAccountAndSecretAre() {
		byte[] secret = new byte[32];
		secret[31] = 1;
		OneTimeToken token = new OneTimeToken(ACCOUNT, secret);

		assertThat(token).isEqualTo(new OneTimeToken(new AccountId(KEY), secret.clone()))
			.hasSameHashCodeAs(new OneTimeToken(ACCOUNT, new byte[32]))
			.isNotEqualTo(new OneTimeToken(ACCOUNT, new byte[32]))
			.isNotEqualTo(new OneTimeToken(new AccountId(UUID.randomUUID()), secret))
			.isNotEqualTo(ACCOUNT);
		assertThat(token.hashCode()).isEqualTo(ACCOUNT.hashCode());
		assertThat(OneTimeToken.generate(ACCOUNT)).isNotEqualTo(OneTimeToken.generate(ACCOUNT));
	}

	@Test
	void oneTimeTokenRoundTrips() {
		OneTimeToken token = OneTimeToken.generate(ACCOUNT);

		assertThat(token.value()).matches("[A-Za-z0-9_-]{64}");
		assertThat(OneTimeToken.parse(token.value())).contains(token);
		assertThat(Stream.of("", token.value() + "A", token.value().substring(1), "!".repeat(64), "=".repeat(64),
				"A".repeat(62) + "==", "A".repeat(63) + "="))
			.allSatisfy((text) -> assertThat(OneTimeToken.parse(text)).isEmpty());
	}

	@Test
	void formerAddressMatchesInAnyCase() {
		FormerEmail former = new FormerEmail(ACCOUNT, EMAIL, Instant.EPOCH);

		assertThat(former.matches("ANN@Example.com")).isTrue();
		assertThat(former.matches("anna@example.com")).isFalse();
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
	void passwordsAreNormalized() {
		assertThat(new UpdateMeInput(ArgumentValue.omitted(), ArgumentValue.omitted(), "u\u0308").currentPassword())
			.isEqualTo("\u00fc");
		assertThat(new UpdateMeInput(ArgumentValue.omitted(), ArgumentValue.omitted(), null).currentPassword())
			.isNull();
		assertThat(new DeleteMeInput("u\u0308").password()).isEqualTo("\u00fc");
		assertThat(new ChangePasswordInput("u\u0308", "a\u0308").currentPassword()).isEqualTo("\u00fc");
		assertThat(new ChangePasswordInput("u\u0308", "a\u0308").newPassword()).isEqualTo("\u00e4");
	}

	@Test
	void entityMapsToUser() {
		UserEntity user = new UserEntity("ann", EMAIL, "hash");
		assertThat(user.toUser().emailVerifiedAt()).isNull();

		user.rename("anna", Instant.EPOCH.plusSeconds(1));
		user.changeEmail("new@example.com", Instant.EPOCH, Instant.EPOCH.plusSeconds(2));

		User shown = user.toUser();
		assertThat(shown.username()).isEqualTo("anna").isEqualTo(user.username());
		assertThat(shown.email()).isEqualTo("new@example.com").isEqualTo(user.email());
		assertThat(shown.emailVerifiedAt()).isEqualTo(Instant.EPOCH.atOffset(ZoneOffset.UTC));
		assertThat(shown.updatedAt()).isEqualTo(Instant.EPOCH.plusSeconds(2).atOffset(ZoneOffset.UTC));
		assertThat(user.passwordHash()).isEqualTo("hash");
	}

	@Test
	void signUpAddressIsTrustedUntilItChanges() {
		UserEntity user = new UserEntity("ann", EMAIL, "hash");
		assertThat(user.isEmailTrusted()).isTrue();
		assertThat(user.isEmailVerified()).isFalse();

		user.changeEmail("new@example.com", null, Instant.EPOCH);
		assertThat(user.isEmailTrusted()).isFalse();

		user.verifyEmail(Instant.EPOCH.plusSeconds(1));
		assertThat(user.isEmailTrusted()).isTrue();
		assertThat(user.isEmailVerified()).isTrue();
		assertThat(user.emailVerifiedAt()).isEqualTo(Instant.EPOCH.plusSeconds(1));
	}

	@Test
	void accountIsNewUntilItIsStored() {
		UserEntity user = new UserEntity("ann", EMAIL, "hash");
		assertThat(user.isNew()).isTrue();

		user.markStored();
		assertThat(user.isNew()).isFalse();
		assertThat(user.account().value()).isEqualTo(user.getId());
	}

	@Test
	void fingerprintDistinguishesStoredHashes() {
		assertThat(DeviceProof.fingerprint("a")).hasSize(22)
			.isEqualTo(DeviceProof.fingerprint("a"))
			.isNotEqualTo(DeviceProof.fingerprint("b"));
	}

}
