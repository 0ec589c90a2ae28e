package dev.kennel.factor;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.TestDerivedKeys;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SecretSealerTests {

	private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

	private final AccountId account = new AccountId(UUID.randomUUID());

	private final TestDerivedKeys keys = new TestDerivedKeys();

	private final SecretSealer sealer = new SecretSealer(this.keys);

	@Test
	void sealedSecretIsOpened() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);

		assertThat(this.sealer.open(this.account, sealed)).isEqualTo(SECRET);
		assertThat(sealed.keyId()).isEqualTo("old");
		assertThat(sealed.bytes()).hasSize(12 + 20 + 16);
		assertThat(new String(sealed.bytes(), StandardCharsets.ISO_8859_1)).doesNotContain("1234");
		assertThat(this.sealer.seal(this.account, SECRET).bytes()).isNotEqualTo(sealed.bytes());
	}

	@Test
	void secretOfAnotherAccountIsNotOpened() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);

		assertThatIllegalStateException().isThrownBy(() -> this.sealer.open(new AccountId(UUID.randomUUID()), sealed));
	}

	@Test
	void alteredSecretIsNotOpened() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);
		sealed.bytes()[20] ^= 1;

		assertThatIllegalStateException().isThrownBy(() -> this.sealer.open(this.account, sealed));
	}

	@Test
	void rotatedKeyDecryptsEarlierSecrets() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);
		this.keys.rotate();

		assertThat(this.sealer.open(this.account, sealed)).isEqualTo(SECRET);
		assertThat(this.sealer.seal(this.account, SECRET).keyId()).isEqualTo("new");
	}

	@Test
	void removedKeyIsNamed() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);
		this.keys.removeOld();

		assertThatIllegalStateException().isThrownBy(() -> this.sealer.open(this.account, sealed))
			.withMessage("The secret of a one-time code is encrypted with the key old, which kennel.auth.keys lacks");
	}

}
