package dev.kennel.session.transport;

import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiError;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.http.GraphQlEndpoint;
import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** Responds 403 to requests that {@link CsrfPolicy} refuses. */
class CsrfFilter implements RequestFilter {

	private static final Logger logger = LoggerFactory.getLogger(CsrfFilter.class);

	private final CsrfPolicy check;

	private final JsonMapper json = new JsonMapper();

	CsrfFilter(CsrfPolicy check) {
		this.check = check;
	}

	@Override
	public boolean rejects(HttpExchange exchange) {
		if (!exchange.path().equals(GraphQlEndpoint.PATH)) {
			return false;
		}
		String refusal = this.check
			.refusal(new CsrfPolicy.Request(exchange.method(), exchange.query(), exchange::header));
		if (refusal == null) {
			return false;
		}
		exchange.inLogContext(() -> logger.info("A request that may be forged is refused: {}", refusal));
		exchange.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		exchange.respond(HttpStatus.FORBIDDEN.value(), "application/json;charset=utf-8", this.json.writeValueAsBytes(
				Map.of("errors", List.of(ApiError.ofRequest(ErrorCode.FORBIDDEN, refusal).toSpecification()))));
		return true;
	}

}
