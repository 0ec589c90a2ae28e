package dev.kennel.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.EcsLog;
import dev.kennel.test.Instance;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

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
			instance.api().send("GET", "/alice-in-a-path?token=alice", new byte[0], Map.of());

			assertThat(lines(output)).hasSize(2);
			assertThat(lines(output).getFirst())
				.matches(".* : GET /graphql 200 \\d+ms request=" + response.header("X-Request-Id"));
			assertThat(lines(output).getLast()).matches(".* : GET - 404 \\d+ms request=.*");
			assertThat(output.getAll()).doesNotContain("alice").doesNotContain("__typename");
		}
	}

	/** Also of requests that no handler sees. */
	@Test
	void linesAreInTheElasticCommonSchema() {
		String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
		Map<String, String> trace = Map.of("traceparent", "00-" + traceId + "-00f067aa0ba902b7-00");
		try (Instance instance = Instance.beside(this.environment, Map.of("kennel.server.access-log", "true"));
				EcsLog log = new EcsLog("dev.kennel.access")) {
			Api api = instance.api();
			Map<String, Api.Response> responses = Map.of("OPTIONS /livez 204",
					api.send("OPTIONS", "/livez", new byte[0], trace), "PUT /livez 405",
					api.send("PUT", "/livez", new byte[0], trace), "GET  404",
					api.send("GET", "/nowhere", new byte[0], trace), "_OTHER /livez 405",
					api.send("X".repeat(1_000), "/livez", new byte[0], trace), "POST /graphql 200",
					api.withHeaders(trace).execute("{ __typename }"));

			responses.forEach((expected, response) -> {
				JsonNode line = log.ofRequest(response.header("X-Request-Id"));
				assertThat(line.at("/http/request/method").asString() + " " + line.at("/http/route").asString() + " "
						+ line.at("/http/response/status_code").asInt())
					.isEqualTo(expected);
				assertThat(line.at("/trace/id").asString()).isEqualTo(traceId);
				assertThat(line.at("/event/duration").asLong()).isPositive();
				assertThat(line.propertyNames()).containsExactlyInAnyOrder("@timestamp", "log", "process", "service",
						"message", "http", "trace", "event", "ecs");
			});
			assertThat(log.lines()).hasSize(5).noneMatch((line) -> line.toString().contains("XX"));
		}
	}

	@Test
	void requestWithoutAResponseHasNoStatus() {
		try (Instance instance = Instance.beside(this.environment, Map.of("kennel.server.access-log", "true"));
				EcsLog log = new EcsLog("dev.kennel.access")) {
			instance.api().abort();

			long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
			while (log.lines().isEmpty()) {
				assertThat(System.nanoTime()).isLessThan(end);
			}
			JsonNode line = log.lines().getFirst();
			assertThat(line.at("/message").asString()).matches("POST /graphql - \\d+ms request=.*");
			assertThat(line.at("/error/type").asString()).isEqualTo("connection_closed");
			assertThat(line.at("/http/response").isMissingNode()).isTrue();
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void accessLogIsDisabledByDefault(CapturedOutput output) {
		this.api.execute("{ __typename }").data();

		assertThat(lines(output)).isEmpty();
	}

}
