package dev.kennel.account;

import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UserEntityTests {

	private static final String EMAIL = "ann@example.com";

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
