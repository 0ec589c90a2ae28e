package dev.kennel.graphql.operation;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.kennel.error.ApiErrorFactory;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.document.DocumentProvider;
import dev.kennel.graphql.document.PreparedDocument;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.limit.LimitEnforcer;
import dev.kennel.graphql.limit.OperationCharge;
import graphql.ExecutionInput;
import graphql.GraphQLContext;
import graphql.execution.preparsed.PreparsedDocumentEntry;
import graphql.execution.preparsed.PreparsedDocumentProvider;
import graphql.introspection.GoodFaithIntrospection;
import graphql.schema.CoercingParseValueException;

import org.springframework.stereotype.Component;

/**
 * Admits or refuses an operation by its document and cost, for every transport and before
 * anything is executed. {@link OperationHandler} limits how many are executed at a time.
 */
@Component
class AdmissionControl implements PreparsedDocumentProvider {

	private final DocumentProvider documents;

	private final LimitEnforcer limits;

	AdmissionControl(DocumentProvider documents, LimitEnforcer limits) {
		this.documents = documents;
		this.limits = limits;
	}

	@Override
	public CompletableFuture<PreparsedDocumentEntry> getDocumentAsync(ExecutionInput input,
			Function<ExecutionInput, PreparsedDocumentEntry> parseAndValidate) {
		OperationContext context = OperationContext.of(input);
		RequestBatch batch = context.batch();
		OperationCharge charge = new OperationCharge(context.limitKey(), (batch != null) ? batch.cost() : null,
				context.isRepeated());
		context.setCharge(charge);
		try {
			this.limits.begin(charge);
			String name = input.getOperationName();
			if (name != null && name.length() > LimitEnforcer.MAX_OPERATION_NAME_LENGTH) {
				throw ApiException.of(ErrorCode.OPERATION_RESOLUTION_FAILURE,
						"There is no operation with a name of " + name.length() + " characters.");
			}
		}
		catch (ApiException ex) {
			return CompletableFuture.completedFuture(refusal(ex));
		}
		return this.documents.find(input, context.documentId()).thenApply((entry) -> admit(entry, input, charge));
	}

	private PreparsedDocumentEntry admit(PreparsedDocumentEntry entry, ExecutionInput input, OperationCharge charge) {
		if (!(entry instanceof PreparedDocument document)) {
			return entry;
		}
		String name = input.getOperationName();
		PreparedOperation operation = document.operation(name);
		try {
			if (operation == null && "".equals(name) && document.operations().size() > 1) {
				// graphql-java would execute the first one.
				throw ApiException.of(ErrorCode.OPERATION_RESOLUTION_FAILURE,
						"Must provide operation name if query contains multiple operations.");
			}
			// graphql-java reports an unknown operation.
			if (operation != null) {
				operation.requiredVariables().check(input.getVariables());
				this.limits.admit(operation.cost(), input.getVariables(), charge);
				GraphQLContext context = input.getGraphQLContext();
				OperationContext.of(context).setOperation(operation);
				operation.plans().putInto(context);
				// Checked once per document instead of for each request.
				context.put(GoodFaithIntrospection.GOOD_FAITH_INTROSPECTION_DISABLED, true);
			}
			return entry;
		}
		catch (CoercingParseValueException ex) {
			return new PreparsedDocumentEntry(ApiErrorFactory.ofGraphQlJava(ex, ""));
		}
		catch (ApiException ex) {
			return refusal(ex);
		}
	}

	private static PreparsedDocumentEntry refusal(ApiException refusal) {
		return new PreparsedDocumentEntry(ApiErrorFactory.ofRequest(refusal, ""));
	}

}
