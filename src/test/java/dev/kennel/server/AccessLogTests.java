package dev.kennel.server;

import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class AccessLogTests {

	private final Api api;

	private final Environment environment;

	AccessLogTests(Api api, Environment environment) {
		this.api = api;
		this.environment = environment;
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains("dev.kennel.access")).toList();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void accessLogHasNoPersonalData(CapturedOutput output) {
		try (Instance instance = Instance.beside(this.environment, Map.of("kennel.server.access-log", "true"))) {
			Api.Response response = instance.api()
				.send("GET", "/graphql?query=%7B__typename%7D", new byte[0], Map.of());
			instance.api().send("GET", "/secret-in-a-path?token=secret", new byte[0], Map.of());

			assertThat(lines(output)).hasSize(2);
			assertThat(lines(output).getFirst())
				.matches(".* : GET /graphql 200 \\d+ms request=" + response.header("X-Request-Id"));
			assertThat(lines(output).getLast()).matches(".* : GET - 404 \\d+ms request=.*");
			assertThat(output.getAll()).doesNotContain("secret").doesNotContain("__typename");
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void accessLogIsDisabledByDefault(CapturedOutput output) {
		this.api.execute("{ __typename }").data();

		assertThat(lines(output)).isEmpty();
	}

}
