package dev.kennel.graphql.operation;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import dev.kennel.graphql.limit.BudgetState;
import dev.kennel.graphql.limit.CostReport;
import dev.kennel.graphql.limit.OperationCharge;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

class CostInterceptorTests {

	private static final BudgetState BUDGET = new BudgetState(200, 150, Duration.ofSeconds(15));

	private final CostInterceptor interceptor = new CostInterceptor();

	private final Map<Object, Object> extensions = new LinkedHashMap<>();

	private WebGraphQlResponse after(@Nullable CostReport report, Object costExtension) {
		WebGraphQlRequest request = new WebGraphQlRequest(URI.create("http://localhost/graphql"), new HttpHeaders(),
				new LinkedMultiValueMap<>(), null, Map.of(),
				Map.of("query", "{ me { id } }", "extensions", Map.of("cost", costExtension)), "1", Locale.ENGLISH);
		ExecutionInput input = ExecutionInput.newExecutionInput("{ me { id } }").build();
		if (report != null) {
			OperationCharge charge = new OperationCharge("test", null, false);
			charge.setReport(report);
			OperationContext.of(input).setCharge(charge);
		}
		ExecutionResult result = ExecutionResult.newExecutionResult()
			.data(Map.of())
			.extensions(this.extensions.isEmpty() ? null : this.extensions)
			.build();
		return this.interceptor.after(request,
				new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(input, result)));
	}

	private static Map<Object, Object> extensions(WebGraphQlResponse response) {
		return response.getExtensions();
	}

	@Test
	void headersReportTheRemainingBudget() {
		WebGraphQlResponse response = after(new CostReport(50, 100, BUDGET, null), false);

		assertThat(response.getResponseHeaders().toSingleValueMap()).containsExactlyInAnyOrderEntriesOf(
				Map.of("RateLimit-Policy", "\"cost\";q=200;w=60", "RateLimit", "\"cost\";r=150;t=15"));
		assertThat(extensions(response)).isEmpty();
	}

	@Test
	void refusalHasARetryAfterHeader() {
		WebGraphQlResponse response = after(new CostReport(null, 100, BUDGET, Duration.ofSeconds(7)), false);

		assertThat(response.getResponseHeaders().getFirst("Retry-After")).isEqualTo("7");
	}

	@Test
	void costIsAddedToOtherExtensionsOnRequest() {
		this.extensions.put("other", 1);

		WebGraphQlResponse response = after(new CostReport(50, 100, BUDGET, null), true);

		assertThat(extensions(response)).isEqualTo(Map.of("other", 1, "cost", Map.of("requested", 50, "limit", 100,
				"budget", Map.of("limit", 200L, "remaining", 150L, "resetAfter", 15L))));
		assertThat(response.getResponseHeaders().getFirst("RateLimit")).isEqualTo("\"cost\";r=150;t=15");
	}

	@Test
	void withoutABudgetThereAreNoHeaders() {
		WebGraphQlResponse response = after(new CostReport(null, 100, null, null), true);

		assertThat(response.getResponseHeaders().isEmpty()).isTrue();
		assertThat(extensions(response)).isEqualTo(Map.of("cost", Map.of("limit", 100)));
	}

	@Test
	void operationWithoutACostReportHasNoHeaders() {
		WebGraphQlResponse response = after(null, true);

		assertThat(response.getResponseHeaders().isEmpty()).isTrue();
		assertThat(extensions(response)).isEmpty();
	}

	@Test
	void extensionOtherThanTrueRequestsNoReport() {
		assertThat(extensions(after(new CostReport(50, 100, BUDGET, null), "true"))).isEmpty();
		assertThat(extensions(after(new CostReport(50, 100, BUDGET, null), 1))).isEmpty();
	}

}
