package dev.kennel.text;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Base64UrlTests {

	@Test
	void encodedBytesAreDecoded() {
		for (int length = 0; length < 10; length++) {
			byte[] bytes = new byte[length];
			for (int i = 0; i < length; i++) {
				bytes[i] = (byte) (0xfb - i);
			}
			assertThat(Base64Url.encode(bytes)).matches("[A-Za-z0-9_-]*");
			assertThat(Base64Url.decode(Base64Url.encode(bytes))).isEqualTo(bytes);
		}
		assertThat(Base64Url.decode("-_8")).containsExactly(0xfb, 0xff);
	}

	/** The last two have nonzero unused bits. */
	@ParameterizedTest
	@ValueSource(strings = { "A", "AA==", "AA=", "AAA=", "AAAA=", "AAAAA", "=", "A=A", "+/8", "AA ", " AA", "A\nA",
			"AÁ", "A\u0100", "A𝐀", "A\ud800", "AB", "AAB" })
	void invalidTextsAreRejected(String text) {
		assertThat(Base64Url.decode(text)).isNull();
	}

}
