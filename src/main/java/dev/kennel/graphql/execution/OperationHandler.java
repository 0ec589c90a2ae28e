package dev.kennel.graphql.execution;

import java.time.Duration;
import java.util.List;

import dev.kennel.database.Deadline;
import dev.kennel.database.DeadlineExceededException;
import dev.kennel.database.NoTurnException;
import dev.kennel.database.Turns;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.OperationInterceptor;
import dev.kennel.graphql.TornReads;
import dev.kennel.graphql.error.ApiError;
import dev.kennel.graphql.error.ApiErrors;
import dev.kennel.graphql.error.ErrorCode;
import dev.kennel.graphql.limit.Admission;
import graphql.ExecutionInput;
import graphql.ExecutionResult;
import graphql.ExecutionResultImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.graphql.server.WebGraphQlResponse;
import org.springframework.graphql.support.DefaultExecutionGraphQlResponse;

/**
 * Runs the operations of all transports, on the thread that asks for their answers and
 * until a deadline: their statements stop with it, and no more at once than processors
 * and store serve well. The events of a subscription come later, and have none. A query
 * that has been torn is run again.
 */
public final class OperationHandler {

	private static final Logger logger = LoggerFactory.getLogger(OperationHandler.class);

	/** How often a query is run that is torn again and again. */
	private static final int RUNS = 4;

	private final OperationEngine engine;

	private final List<OperationInterceptor> interceptors;

	private final List<OperationInterceptor> backward;

	private final Duration deadline;

	private final Turns turns;

	private final OperationMeters meters;

	private final ExecutionCounts counts;

	OperationHandler(OperationEngine engine, List<OperationInterceptor> interceptors, Duration deadline, Turns turns,
			OperationMeters meters, ExecutionCounts counts) {
		this.engine = engine;
		this.interceptors = List.copyOf(interceptors);
		this.backward = this.interceptors.reversed();
		this.deadline = deadline;
		this.turns = turns;
		this.meters = meters;
		this.counts = counts;
	}

	/**
	 * Runs an operation.
	 * @param request the request
	 * @return what has become of it, with a publisher as its data if it is a subscription
	 */
	public WebGraphQlResponse run(WebGraphQlRequest request) {
		long begin = System.nanoTime();
		return Deadline.call(this.deadline, () -> {
			for (int run = 1;; run++) {
				ExecutionInput input = request.toExecutionInput();
				if (run > 1) {
					Admission.markPaid(input.getGraphQLContext());
				}
				WebGraphQlResponse response = runOnce(request, input);
				if (run == RUNS || !TornReads.isTorn(input.getGraphQLContext())) {
					this.meters.completed(input.getGraphQLContext(), response.getExecutionResult().getErrors(),
							System.nanoTime() - begin);
					return response;
				}
				this.counts.rerun();
				logger.debug("A query has been torn and is run again");
			}
		});
	}

	private WebGraphQlResponse runOnce(WebGraphQlRequest request, ExecutionInput input) {
		for (OperationInterceptor interceptor : this.interceptors) {
			interceptor.before(request, input.getGraphQLContext());
		}
		ExecutionResult result;
		try {
			long queued = System.nanoTime();
			result = this.turns.call(CallerContext.permitKey(input.getGraphQLContext()), this.deadline, () -> {
				this.meters.admitted(System.nanoTime() - queued);
				return this.engine.execute(input);
			});
		}
		catch (DeadlineExceededException ex) {
			result = new ExecutionResultImpl(ApiErrors.ofRequest(ex, request.getId()));
		}
		catch (NoTurnException ex) {
			// The service is being stopped.
			result = new ExecutionResultImpl(ApiError.ofRequest(ErrorCode.UNAVAILABLE,
					"The service can't answer for the moment. Try again shortly."));
		}
		WebGraphQlResponse response = new WebGraphQlResponse(new DefaultExecutionGraphQlResponse(input, result));
		for (OperationInterceptor interceptor : this.backward) {
			response = interceptor.after(request, response);
		}
		return response;
	}

}
