package dev.kennel.session.token;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RefreshTokenTests {

	private final AccountId account = new AccountId(UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad90"));

	private final UUID session = UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad91");

	private final RefreshToken token = RefreshToken.first(this.account, this.session);

	private static byte[] sha256(byte[]... parts) throws Exception {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.write(part);
		}
		return MessageDigest.getInstance("SHA-256").digest(all.toByteArray());
	}

	@Test
	void tokenRoundTrips() {
		RefreshToken read = RefreshToken.parse(this.token.value()).orElseThrow();

		assertThat(this.token.value()).hasSize(128);
		assertThat(read.account()).isEqualTo(this.account);
		assertThat(read.session()).isEqualTo(this.session);
		assertThat(read.family()).isEqualTo(this.token.family());
		assertThat(read.secret()).isEqualTo(this.token.secret());
	}

	@Test
	void textOfAnotherLengthOrAlphabetIsRejected() {
		String value = this.token.value();

		assertThat(RefreshToken.parse(value.substring(4))).isEmpty();
		assertThat(RefreshToken.parse(value + "AAAA")).isEmpty();
		assertThat(RefreshToken.parse("!" + value.substring(1))).isEmpty();
	}

	@Test
	void secretsAreRandom() {
		RefreshToken other = RefreshToken.first(this.account, this.session);

		assertThat(this.token.family()).hasSize(32).isNotEqualTo(other.family()).isNotEqualTo(this.token.secret());
		assertThat(this.token.secret()).hasSize(32).isNotEqualTo(other.secret());
	}

	@Test
	void successorHasSameFamilyAndAnotherSecret() {
		RefreshToken successor = this.token.successor();

		assertThat(successor.account()).isEqualTo(this.account);
		assertThat(successor.session()).isEqualTo(this.session);
		assertThat(successor.family()).isEqualTo(this.token.family());
		assertThat(successor.secret()).isNotEqualTo(this.token.secret());
		assertThat(successor.familyHash()).isEqualTo(this.token.familyHash());
		assertThat(successor.hash()).isNotEqualTo(this.token.hash());
	}

	/** Later versions have to recognise the tokens of this one. */
	@Test
	void hashesCoverFamilyAndBothSecrets() throws Exception {
		assertThat(this.token.familyHash()).isEqualTo(sha256(this.token.family()));
		assertThat(this.token.hash()).isEqualTo(sha256(this.token.family(), this.token.secret()));
	}

	@Test
	void sealedSuccessorIsOpenedByTheReplacedTokenOnly() throws Exception {
		RefreshToken successor = this.token.successor();
		byte[] sealed = this.token.seal(successor);

		assertThat(this.token.unseal(sealed)).isEqualTo(successor);
		assertThat(this.token.unseal(sealed).value()).isEqualTo(successor.value());
		assertThat(successor.unseal(sealed)).isNotEqualTo(successor);
		assertThat(RefreshToken.first(this.account, this.session).unseal(sealed).secret())
			.isNotEqualTo(successor.secret());
		byte[] pad = sha256(new byte[] { 1 }, this.token.family(), this.token.secret());
		for (int i = 0; i < pad.length; i++) {
			assertThat(sealed[i]).isEqualTo((byte) (successor.secret()[i] ^ pad[i]));
		}
	}

	@Test
	void tokensAreEqualIfTheirSecretsAre() {
		RefreshToken same = RefreshToken.parse(this.token.value()).orElseThrow();
		RefreshToken ofAnotherFamily = new RefreshToken(this.account, this.session,
				RefreshToken.first(this.account, this.session).family(), this.token.secret());

		assertThat(this.token).isEqualTo(same).hasSameHashCodeAs(same);
		assertThat(this.token.hashCode()).isEqualTo(this.session.hashCode());
		assertThat(this.token).isNotEqualTo(this.token.successor())
			.isNotEqualTo(ofAnotherFamily)
			.isNotEqualTo(this.token.value());
	}

	@Test
	void toStringOmitsSecrets() {
		assertThat(this.token.toString()).isEqualTo("RefreshToken[session=" + this.session + "]");
		assertThat(this.token.value()).isEqualTo(Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(Base64.getUrlDecoder().decode(this.token.value())));
	}

}
