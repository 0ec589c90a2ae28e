package dev.kennel.graphql;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.kennel.graphql.error.ApiException;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.node.NodeKind;
import graphql.language.OperationDefinition;
import graphql.schema.DataFetchingEnvironment;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.stereotype.Component;

/**
 * Runs a query again that has been torn: each of its statements sees the store as it is
 * at that moment, and one has found an object, and a later one no longer what the object
 * belongs to. Whoever has removed it has removed both, so that the second run finds
 * neither.
 */
@Component
public class TornReads implements WebGraphQlInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(TornReads.class);

	private static final Object KEY = TornReads.class;

	/** The first and the repetitions. */
	private static final int RUNS = 4;

	TornReads() {
	}

	/**
	 * Notes that a field has to have a value and finds none, because it has been removed
	 * since the field's object was read.
	 * @param environment the field
	 * @param missing what the field is of
	 * @return the exception to throw, with NOT_FOUND: a client sees it if the operation
	 * can't be run again, because it is a mutation, which has been done, or a
	 * subscription; or if it has been torn again and again
	 */
	public static ApiException torn(DataFetchingEnvironment environment, NodeKind missing) {
		if (environment.getOperationDefinition().getOperation() == OperationDefinition.Operation.QUERY
				&& environment.getGraphQlContext().get(KEY) instanceof AtomicBoolean torn) {
			torn.set(true);
		}
		return ApiException.of(ErrorCode.NOT_FOUND,
				"The " + missing.typeName() + " was removed while this was being read. Read it again.");
	}

	@Override
	public Mono<WebGraphQlResponse> intercept(WebGraphQlRequest request, Chain chain) {
		AtomicBoolean torn = new AtomicBoolean();
		request.configureExecutionInput((input, builder) -> {
			input.getGraphQLContext().put(KEY, torn);
			return input;
		});
		return run(request, chain, torn, RUNS);
	}

	private static Mono<WebGraphQlResponse> run(WebGraphQlRequest request, Chain chain, AtomicBoolean torn, int runs) {
		return chain.next(request).flatMap((response) -> {
			if (runs > 1 && torn.compareAndSet(true, false)) {
				logger.debug("A query has been torn and is run again");
				return run(request, chain, torn, runs - 1);
			}
			return Mono.just(response);
		});
	}

}
