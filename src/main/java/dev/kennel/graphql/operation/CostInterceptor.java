package dev.kennel.graphql.operation;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.kennel.graphql.limit.BudgetState;
import dev.kennel.graphql.limit.CostReport;
import dev.kennel.graphql.limit.OperationCharge;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Reports the cost of an operation: the remaining budget in headers of every response,
 * and the full report in {@code extensions.cost} if the request has {@code "extensions":
 * {"cost": true}}.
 *
 * @see <a href=
 * "https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/">RateLimit
 * header fields for HTTP, draft 10</a>
 */
@Component
class CostInterceptor implements OperationInterceptor {

	private static final String EXTENSION = "cost";

	@Override
	public WebGraphQlResponse after(WebGraphQlRequest request, WebGraphQlResponse response) {
		OperationCharge charge = OperationContext.of(response.getExecutionInput()).charge();
		CostReport report = (charge != null) ? charge.report() : null;
		if (report == null) {
			return response;
		}
		BudgetState budget = report.budget();
		if (budget != null) {
			HttpHeaders headers = response.getResponseHeaders();
			headers.set("RateLimit-Policy", "\"cost\";q=" + budget.limit() + ";w=60");
			headers.set("RateLimit", "\"cost\";r=" + budget.remaining() + ";t=" + budget.reset().toSeconds());
			if (report.retryAfter() != null) {
				headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(report.retryAfter().toSeconds()));
			}
		}
		if (!Boolean.TRUE.equals(request.getExtensions().get(EXTENSION))) {
			return response;
		}
		Map<Object, Object> extensions = new LinkedHashMap<>();
		if (response.getExecutionResult().getExtensions() != null) {
			extensions.putAll(response.getExecutionResult().getExtensions());
		}
		extensions.put(EXTENSION, report.toExtension());
		return response.transform((builder) -> builder.extensions(extensions));
	}

}
