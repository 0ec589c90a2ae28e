package dev.kennel.management;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.kennel.server.ManagementServer;
import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

/** The health check of the image, {@code deploy/healthcheck}. */
@KennelTest
class HealthCheckTests {

	private final Api api;

	private final Environment environment;

	HealthCheckTests(Api api, Environment environment) {
		this.api = api;
		this.environment = environment;
	}

	private static int check(Map<String, String> variables) throws Exception {
		ProcessBuilder script = new ProcessBuilder("bash", "deploy/healthcheck").redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		script.environment().keySet().removeIf((name) -> name.contains("SERVER_"));
		script.environment().putAll(variables);
		return script.start().waitFor();
	}

	private static String port(URI uri) {
		return String.valueOf(uri.getPort());
	}

	@Test
	void instanceWithoutTlsIsHealthy() throws Exception {
		assertThat(check(Map.of("SERVER_PORT", port(this.api.uri(""))))).isZero();
		assertThat(check(Map.of("SERVER_PORT", "1"))).isEqualTo(1);
	}

	@Test
	void instanceWithTlsIsHealthy(@TempDir Path directory) throws Exception {
		Map<String, @Nullable String> settings = new HashMap<>(TestCertificate.create(directory).settings());
		settings.put("management.server.port", "0");
		try (Instance instance = Instance.beside(this.environment, settings)) {
			String port = port(instance.api().uri(""));
			String management = String.valueOf(instance.get(ManagementServer.class).port());

			assertThat(check(
					Map.of("SERVER_SSL_BUNDLE", "web", "SERVER_PORT", port, "MANAGEMENT_SERVER_PORT", management)))
				.isZero();
			assertThat(check(Map.of("SERVER_SSL_BUNDLE", "web", "SERVER_PORT", port, "MANAGEMENT_SERVER_PORT", "1")))
				.isEqualTo(1);
		}
	}

}
