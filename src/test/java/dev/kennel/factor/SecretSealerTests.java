package dev.kennel.factor;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SecretSealerTests {

	private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

	private final AccountId account = new AccountId(UUID.randomUUID());

	private final Keys keys = new Keys();

	private final SecretSealer sealer = new SecretSealer(this.keys);

	/** Keys of the same bytes as their ids. */
	private static final class Keys implements DerivedKeys {

		private String current = "old";

		private final Map<String, SecretKey> known = new HashMap<>(Map.of("old", key("old")));

		static SecretKey key(String text) {
			return new SecretKeySpec(Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), 32), "AES");
		}

		@Override
		public String currentId() {
			return this.current;
		}

		@Override
		public @Nullable SecretKey derive(String id, String purpose) {
			return this.known.get(id);
		}

	}

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
	void rotatedKeyOpensWhatItHasSealed() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);
		this.keys.known.put("new", Keys.key("new"));
		this.keys.current = "new";

		assertThat(this.sealer.open(this.account, sealed)).isEqualTo(SECRET);
		assertThat(this.sealer.seal(this.account, SECRET).keyId()).isEqualTo("new");
	}

	@Test
	void removedKeyIsNamed() {
		SealedSecret sealed = this.sealer.seal(this.account, SECRET);
		this.keys.known.clear();

		assertThatIllegalStateException().isThrownBy(() -> this.sealer.open(this.account, sealed))
			.withMessage("The secret of a one-time code is encrypted with the key old, which kennel.auth.keys lacks");
	}

}
