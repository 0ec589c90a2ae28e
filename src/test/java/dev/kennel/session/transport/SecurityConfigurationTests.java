package dev.kennel.session.transport;

import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.server.limit.KennelServerProperties;
import dev.kennel.session.TokenTransport;
import dev.kennel.session.token.AuthProperties;
import dev.kennel.web.WebProperties;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** The validation and the effect of the settings of sessions. */
class SecurityConfigurationTests {

	private final SecurityConfiguration configuration = new SecurityConfiguration();

	private static AuthProperties properties(String... settings) {
		return bind("kennel.auth", AuthProperties.class, settings);
	}

	private static KennelServerProperties limits(String... settings) {
		return bind("kennel.server", KennelServerProperties.class, settings);
	}

	private static <T> T bind(String prefix, Class<T> type, String... settings) {
		Map<String, String> map = new HashMap<>();
		for (String setting : settings) {
			String[] pair = setting.split("=", 2);
			map.put(prefix + "." + pair[0], pair[1]);
		}
		return new Binder(new MapConfigurationPropertySource(map)).bindOrCreate(prefix, type);
	}

	private static WebProperties web(String baseUrl) {
		return new WebProperties(URI.create(baseUrl), new WebProperties.Cors(List.of()));
	}

	private static List<String> faults(AuthProperties properties) {
		try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
			return factory.getValidator()
				.validate(properties)
				.stream()
				.map(ConstraintViolation::getMessage)
				.sorted()
				.toList();
		}
	}

	private TokenTransport transport(AuthProperties properties, String baseUrl) {
		return this.configuration.tokenTransport(properties, web(baseUrl), Clock.systemUTC());
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080" })
	void insecureCookiesAreAcceptedOnPlainLocalhost(String baseUrl) {
		assertThat(transport(properties("driver=cookie", "cookie-secure=false"), baseUrl))
			.isInstanceOf(CookieTokenTransport.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://kennel.example", "https://kennel.example", "https://localhost",
			"http://localhost.example", "http://127.0.0.2" })
	void insecureCookiesAreRefusedElsewhere(String baseUrl) {
		AuthProperties properties = properties("driver=cookie", "cookie-secure=false");
		assertThatExceptionOfType(UnsafeSettingException.class).isThrownBy(() -> transport(properties, baseUrl))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new UnsafeSettingFailureAnalyzer().analyze(ex);
				assertThat(analysis).isNotNull();
				assertThat(analysis.getDescription())
					.isEqualTo("kennel.auth.cookie-secure=false sends the tokens of " + baseUrl + " in the clear.");
				assertThat(analysis.getAction()).startsWith("Leave kennel.auth.cookie-secure at true, ");
			});

		assertThat(transport(properties("driver=cookie"), baseUrl)).isInstanceOf(CookieTokenTransport.class);
		assertThat(transport(properties("cookie-secure=false"), baseUrl)).isInstanceOf(PayloadTokenTransport.class);
	}

	@Test
	void frameworkForwardHeadersStrategyIsRefused() throws Exception {
		KennelServerProperties named = limits("trusted-proxies=192.0.2.7");
		ServerProperties server = new ServerProperties();
		for (ForwardHeadersStrategy strategy : List.of(ForwardHeadersStrategy.NATIVE, ForwardHeadersStrategy.NONE)) {
			server.setForwardHeadersStrategy(strategy);
			assertThatNoException()
				.isThrownBy(() -> this.configuration.forwardHeadersCheck(server, named).afterPropertiesSet());
		}

		server.setForwardHeadersStrategy(ForwardHeadersStrategy.FRAMEWORK);
		assertThatExceptionOfType(UnsafeSettingException.class)
			.isThrownBy(() -> this.configuration.forwardHeadersCheck(server, named).afterPropertiesSet())
			.withMessage("server.forward-headers-strategy=framework trusts the X-Forwarded-For of every client")
			.satisfies((ex) -> assertThat(ex.action()).startsWith("Set server.forward-headers-strategy=native, "));
	}

	/** Callers from a private network could choose the address that is counted. */
	@Test
	void onlyConfiguredProxiesAreTrusted() throws Exception {
		KennelServerProperties unnamed = limits();
		assertThat(unnamed.trustedProxies()).isEmpty();
		ServerProperties server = new ServerProperties();
		assertThatNoException()
			.isThrownBy(() -> this.configuration.forwardHeadersCheck(server, unnamed).afterPropertiesSet());

		server.setForwardHeadersStrategy(ForwardHeadersStrategy.NATIVE);
		assertThatExceptionOfType(UnsafeSettingException.class)
			.isThrownBy(() -> this.configuration.forwardHeadersCheck(server, unnamed).afterPropertiesSet())
			.withMessage("server.forward-headers-strategy=native trusts the X-Forwarded-For of configured proxies "
					+ "only, and kennel.server.trusted-proxies is empty")
			.satisfies((ex) -> assertThat(ex.action())
				.startsWith("Set kennel.server.trusted-proxies to the addresses of your proxies, "));
	}

	@ParameterizedTest
	@CsvSource({ "5m, 30d, 90d, true", "30d, 30d, 30d, true", "31d, 30d, 90d, false", "5m, 91d, 90d, false" })
	void lifetimesMustBeInOrder(String access, String idle, String session, boolean good) {
		AuthProperties properties = properties("access-token-lifetime=" + access, "refresh-token-idle-lifetime=" + idle,
				"session-lifetime=" + session);

		assertThat(faults(properties)).isEqualTo(good ? List.of()
				: List.of("kennel.auth.access-token-lifetime may not be greater than "
						+ "kennel.auth.refresh-token-idle-lifetime, and that not greater than "
						+ "kennel.auth.session-lifetime"));
	}

	@Test
	void keyIdsMustBeUnique() {
		assertThat(faults(properties("keys[0].id=a", "keys[1].id=b"))).isEmpty();
		assertThat(faults(properties("keys[0].id=a", "keys[1].id=a")))
			.containsExactly("kennel.auth.keys has two keys with the same id");
	}

	@Test
	void toStringOfKeyOmitsSecret() {
		AuthProperties properties = properties("keys[0].id=a", "keys[0].secret=hidden", "keys[0].private-key=hidden");

		assertThat(properties.keys().getFirst().toString()).isEqualTo("Key[id=a, algorithm=HS256]");
	}

}
