package dev.kennel.graphql.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class ForwardingWarningTests {

	private final Api api;

	private final Environment environment;

	private final Logger logger = (Logger) LoggerFactory.getLogger("dev.kennel.server.header.ClientAddresses");

	private final ListAppender<ILoggingEvent> messages = new ListAppender<>();

	ForwardingWarningTests(Api api, Environment environment) {
		this.api = api;
		this.environment = environment;
	}

	/** Called after the start of an instance, which removes all appenders. */
	private void attachAppender() {
		this.messages.start();
		this.logger.addAppender(this.messages);
	}

	@AfterEach
	void detachAppender() {
		this.logger.detachAppender(this.messages);
	}

	private List<String> messages() {
		return this.messages.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	@ParameterizedTest
	@CsvSource({ ", X-Forwarded-For, 203.0.113.7", "native, Forwarded, for=203.0.113.7" })
	void ignoredForwardedAddressIsLoggedOnce(@Nullable String strategy, String header, String value) {
		Map<String, @Nullable String> settings = new HashMap<>();
		settings.put("server.forward-headers-strategy", strategy);
		settings.put("kennel.server.trusted-proxies", "203.0.113.9");
		try (Instance instance = Instance.beside(this.environment, settings)) {
			attachAppender();
			assertThat(instance.api().execute("{ me { id } }").data().toString()).isEqualTo("{\"me\":null}");
			assertThat(messages()).isEmpty();

			for (int i = 0; i < 3; i++) {
				instance.api().withHeaders(Map.of(header, value)).execute("{ me { id } }").data();
			}
		}

		assertThat(messages()).containsExactly("A request from 127.0.0.1 names the address of its client, and that is "
				+ "ignored: if 127.0.0.1 is a proxy, all of its clients share one rate limit. If so, set "
				+ "server.forward-headers-strategy=native, have the proxy send X-Forwarded-For, and add its address to "
				+ "kennel.server.trusted-proxies.");
	}

	@Test
	void evaluatedForwardedAddressIsNotLogged() {
		attachAppender();
		this.api.from("203.0.113.7").execute("{ me { id } }").data();
		this.api.from("203.0.113.200, 198.51.100.7").execute("{ me { id } }").data();

		assertThat(messages()).isEmpty();
	}

}
