package dev.kennel.factor;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TotpTests {

	private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

	/** The last six digits of those in RFC 6238, appendix B. */
	@ParameterizedTest
	@CsvSource({ "59, 287082", "1111111109, 081804", "1111111111, 050471", "1234567890, 005924", "2000000000, 279037",
			"20000000000, 353130" })
	void codesAreThoseOfTheSpecification(long seconds, String code) {
		assertThat(Totp.code(SECRET, seconds / 30)).isEqualTo(code);
		assertThat(Totp.matchingStep(SECRET, code, Instant.ofEpochSecond(seconds), 0)).isEqualTo(seconds / 30);
	}

	@Test
	void codesOfOneStepBeforeAndAfterMatch() {
		Instant now = Instant.ofEpochSecond(1_000_000 * 30L);

		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 999_998), now, 0)).isEqualTo(Totp.NONE);
		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 999_999), now, 0)).isEqualTo(999_999);
		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 1_000_001), now, 0)).isEqualTo(1_000_001);
		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 1_000_002), now, 0)).isEqualTo(Totp.NONE);
	}

	@Test
	void codesOfTheLastStepAndEarlierOnesDoNotMatch() {
		Instant now = Instant.ofEpochSecond(1_000_000 * 30L);

		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 1_000_000), now, 1_000_000)).isEqualTo(Totp.NONE);
		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 999_999), now, 1_000_000)).isEqualTo(Totp.NONE);
		assertThat(Totp.matchingStep(SECRET, Totp.code(SECRET, 1_000_001), now, 1_000_000)).isEqualTo(1_000_001);
	}

	@Test
	void spacesWithinACodeAreIgnored() {
		assertThat(Totp.matchingStep(SECRET, "287 082", Instant.ofEpochSecond(59), 0)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "287082x", "28708", "2870820", "٢٨٧٠٨٢", "-287082", "287082             " })
	void otherTextsDoNotMatch(String text) {
		assertThat(Totp.matchingStep(SECRET, text, Instant.ofEpochSecond(59), 0)).isEqualTo(Totp.NONE);
	}

	@Test
	void secretsAreInBase32() {
		assertThat(Base32.encode(SECRET)).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
		assertThat(Base32.encode(new byte[] { -1, 0, -1, 0, -1 })).isEqualTo("74AP6AH7");
	}

	@Test
	void uriNamesTheServiceAndTheAccount() {
		assertThat(Totp.uri("kennel.example.com", "ann-1", "GEZDGNBV"))
			.isEqualTo("otpauth://totp/kennel.example.com:ann-1?secret=GEZDGNBV&issuer=kennel.example.com"
					+ "&algorithm=SHA1&digits=6&period=30");
	}

}
