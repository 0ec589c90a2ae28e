package dev.kennel.web;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WebPropertiesTests {

	@Test
	void allowedOriginsAreSerializedOrigins() {
		assertThat(List.of("https://app.example.com", "http://localhost:3000", "https://[::1]:8443"))
			.allMatch((origin) -> new WebProperties.Cors(List.of(origin)).isAllowedOriginsUsable());
		assertThat(List.of("*", "https://*.example.com", "app.example.com", "https://app.example.com/",
				"https://App.example.com", "https://app.example.com:443", "ftp://app.example.com", "null", ""))
			.noneMatch((origin) -> new WebProperties.Cors(List.of(origin)).isAllowedOriginsUsable());
	}

}
