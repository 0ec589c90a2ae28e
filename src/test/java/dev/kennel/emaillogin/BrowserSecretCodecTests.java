package dev.kennel.emaillogin;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;

import dev.kennel.secret.TestDerivedKeys;
import dev.kennel.text.Base64Url;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BrowserSecretCodecTests {

	private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

	private final TestDerivedKeys keys = new TestDerivedKeys();

	private BrowserSecretCodec at(Instant time) {
		return new BrowserSecretCodec(this.keys, Clock.fixed(time, ZoneOffset.UTC));
	}

	@Test
	void secretIsValidForTenMinutesAndHasTheAddress() {
		BrowserSecret secret = at(NOW).issue("ann@b\u00fccher.example");

		assertThat(secret.expiresAt()).isEqualTo(NOW.plusSeconds(600));
		BrowserSecret verified = at(NOW.plusMillis(599_999)).verify(secret.value());
		assertThat(verified).isNotNull()
			.extracting(BrowserSecret::email, BrowserSecret::expiresAt)
			.containsExactly("ann@b\u00fccher.example", NOW.plusSeconds(600));
		assertThat((verified != null) ? verified.hash() : new byte[0]).isEqualTo(secret.hash());
		assertThat(at(NOW.plusSeconds(600)).verify(secret.value())).isNull();
		assertThat(at(NOW).issue("ann@b\u00fccher.example").value()).isNotEqualTo(secret.value());
		assertThat(secret.toString()).isEqualTo("BrowserSecret[expiresAt=2026-11-29T12:10:00Z]");
	}

	@Test
	void eachByteIsSigned() {
		BrowserSecretCodec codec = at(NOW);
		byte[] bytes = Base64.getUrlDecoder().decode(codec.issue("ann@example.com").value());
		for (int i = 0; i < bytes.length; i++) {
			byte[] changed = bytes.clone();
			changed[i] ^= 1;
			assertThat(codec.verify(Base64Url.encode(changed))).as("byte %s", i).isNull();
			assertThat(codec.verify(Base64Url.encode(Arrays.copyOf(bytes, i)))).as("%s bytes", i).isNull();
		}
		assertThat(codec.verify(Base64Url.encode(Arrays.copyOf(bytes, bytes.length + 1)))).isNull();
		assertThat(codec.verify(null)).isNull();
		assertThat(codec.verify("A".repeat(1_000_000))).isNull();
		assertThat(codec.verify(Base64Url.encode(bytes))).isNotNull();
	}

	@Test
	void secretAndCodeOfAnEarlierKeyAreValidWhileItIsConfigured() {
		BrowserSecret secret = at(NOW).issue("ann@example.com");
		byte[] code = EmailLoginCode.hash(this.keys, "old", secret.hash(), "123456");
		this.keys.rotate();
		assertThat(at(NOW).verify(secret.value())).isNotNull();
		assertThat(EmailLoginCode.hash(this.keys, "old", secret.hash(), " 123456 ")).isEqualTo(code);
		assertThat(EmailLoginCode.hash(this.keys, "new", secret.hash(), "123456")).isNotEqualTo(code);

		this.keys.removeOld();

		assertThat(at(NOW).verify(secret.value())).isNull();
		assertThat(EmailLoginCode.hash(this.keys, "old", secret.hash(), "123456")).isNull();
	}

	@Test
	void codesHaveSixDigits() {
		for (int i = 0; i < 1_000; i++) {
			assertThat(EmailLoginCode.generate()).matches("[0-9]{6}");
		}
	}

}
