package dev.kennel.error;

import dev.kennel.database.monitor.DatabaseMonitor;
import dev.kennel.database.sql.DatabaseUnavailableException;
import dev.kennel.database.sql.SqlFailureClassifier;
import graphql.GraphQLError;
import graphql.language.OperationDefinition;
import graphql.schema.DataFetchingEnvironment;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.graphql.execution.DataFetcherExceptionResolverAdapter;
import org.springframework.stereotype.Component;

/**
 * Resolves exceptions of controllers and data loaders to an {@link ApiError}. A deadline
 * that expires while the database does not respond is UNAVAILABLE, which clients retry:
 * selecting less would not help. So is that of a mutation while commits wait for a
 * standby, and with them all that changes the same rows.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class ApiExceptionResolver extends DataFetcherExceptionResolverAdapter {

	private final DatabaseMonitor database;

	ApiExceptionResolver(DatabaseMonitor database) {
		this.database = database;
	}

	@Override
	protected GraphQLError resolveToSingleError(Throwable failure, DataFetchingEnvironment environment) {
		return ApiErrorFactory.ofField(explain(failure, environment), environment.getExecutionId().toString(),
				environment.getField().getSourceLocation(), environment.getExecutionStepInfo().getPath().toList());
	}

	private Throwable explain(Throwable failure, DataFetchingEnvironment environment) {
		boolean outage = this.database.hasJustFailed() || (this.database.isStandbyAwaited()
				&& environment.getOperationDefinition().getOperation() == OperationDefinition.Operation.MUTATION);
		return (outage && SqlFailureClassifier.isDeadlineExceeded(failure))
				? new DatabaseUnavailableException("The database did not respond until the deadline", null) : failure;
	}

}
