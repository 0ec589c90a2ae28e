package dev.kennel.passkey;

import java.net.URI;
import java.util.List;

import com.webauthn4j.data.client.Origin;
import dev.kennel.web.WebProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The origins that may use the passkeys. */
class RelyingPartyTests {

	private static RelyingParty party(String... origins) {
		return new RelyingParty(
				new WebProperties(URI.create("https://Kennel.example/api"), new WebProperties.Cors(List.of())),
				new PasskeyProperties(List.of(origins)));
	}

	@Test
	void originsOfTheBaseUrlItsSubdomainsAndAppsAreAccepted() {
		String app = "android:apk-key-hash:" + "A".repeat(43);

		RelyingParty party = party("https://kennel.example:8443", "https://app.kennel.example", app);

		assertThat(party.id()).isEqualTo("kennel.example");
		assertThat(party.origins()).containsExactlyInAnyOrder(new Origin("https://kennel.example"),
				new Origin("https://kennel.example:8443"), new Origin("https://app.kennel.example"), new Origin(app));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://kennel.example.org", "https://mykennel.example", "https://example",
			"https://kennel.example.", "https://..", "http://localhost:3000" })
	void originOfAnotherHostIsRefused(String origin) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class).isThrownBy(() -> party(origin))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("kennel.auth.passkeys.origins");
				assertThat(ex.getValue()).isEqualTo(origin);
				assertThat(ex.getReason()).isEqualTo("Passkeys are bound to the host of kennel.web.base-url, "
						+ "kennel.example: an origin has this host or one of its subdomains");
			});
	}

}
