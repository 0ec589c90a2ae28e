package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.cost.CostCompiler;
import dev.kennel.graphql.cost.OperationCost;
import dev.kennel.graphql.cost.PageSizes;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Checks the limits of an operation and charges its cost, before it is executed.
 */
@Component
public class LimitEnforcer {

	/**
	 * The maximum length of an operation's name, which metrics, traces and errors keep.
	 */
	public static final int MAX_OPERATION_NAME_LENGTH = 255;

	/** The minimum cost of a request. */
	private static final int MIN_COST = 1;

	private final LimitProperties limits;

	private final IntrospectionProperties introspection;

	private final PageSizes pageSizes;

	private final @Nullable Budget budget;

	@Autowired
	LimitEnforcer(LimitProperties limits, IntrospectionProperties introspection, PageSizes pageSizes) {
		this(limits, introspection, pageSizes, Budget.of(limits));
	}

	LimitEnforcer(LimitProperties limits, IntrospectionProperties introspection, PageSizes pageSizes,
			@Nullable Budget budget) {
		this.limits = limits;
		this.introspection = introspection;
		this.pageSizes = pageSizes;
		this.budget = budget;
	}

	/**
	 * Charges the minimum cost of a request.
	 * @param charge the operation's charge
	 * @throws ApiException with RATE_LIMITED if the budget is used up
	 */
	public void begin(OperationCharge charge) {
		if (!charge.isCharged()) {
			take(charge, null, MIN_COST);
		}
	}

	/**
	 * Checks the size of a document before it is parsed, for every transport.
	 * @param size its bytes in UTF-8
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it exceeds the limit
	 */
	public void checkSize(long size) {
		long limit = this.limits.maxDocumentSize().toBytes();
		if (size > limit) {
			throw documentTooLarge(size, limit);
		}
	}

	/**
	 * Returns the exception for a document, or for all documents of a batch.
	 * @param size its bytes in UTF-8
	 * @param limit the maximum
	 * @return the exception, with OPERATION_TOO_COMPLEX
	 */
	public static ApiException documentTooLarge(long size, long limit) {
		return ApiException.tooComplex(
				"The document exceeds " + limit + " bytes (kennel.graphql.limits.max-document-size).",
				"max-document-size", size, limit);
	}

	/**
	 * Checks the text of a document before it is parsed.
	 * @param document the text of a document
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it is too large
	 */
	public void checkText(String document) {
		DocumentText.check(document, this.limits);
	}

	/**
	 * Checks a document before it is validated.
	 * @param document the document
	 * @throws ApiException with OPERATION_TOO_COMPLEX if an operation or fragment of it
	 * is too large, or with GRAPHQL_VALIDATION_FAILED if a fragment spreads itself, or if
	 * the document uses introspection, which is turned off
	 */
	public void checkShape(Document document) {
		DocumentShape.check(document, this.limits, this.introspection.introspection());
	}

	/**
	 * Compiles the cost of an operation, which is cached with the document.
	 * @param schema the schema
	 * @param document the document, which is valid
	 * @param operation an operation of it
	 * @return the cost
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it is a cyclic introspection
	 */
	public OperationCost cost(GraphQLSchema schema, Document document, OperationDefinition operation) {
		return CostCompiler.compile(schema, document, operation, this.pageSizes);
	}

	/**
	 * Admits an operation and charges its cost.
	 * @param cost its cost
	 * @param variables the raw variables
	 * @param charge the operation's charge
	 * @throws ApiException with OPERATION_TOO_COMPLEX if the variables exceed a limit, or
	 * the cost does, alone or with the earlier operations of the batch; or with
	 * RATE_LIMITED if the cost exceeds the rest of the budget
	 */
	public void admit(OperationCost cost, Map<String, ? extends @Nullable Object> variables, OperationCharge charge) {
		VariableLimits.check(variables, this.limits);
		int requested = cost.of(variables);
		int max = this.limits.maxCost();
		if (charge.isCharged()) {
			charge.setReport(new CostReport(requested, max, state(charge), null));
			return;
		}
		RequestBatchCost batch = charge.batch();
		long total = (batch != null) ? batch.tryAdd(requested, max) : requested;
		if (total > max) {
			charge.setReport(new CostReport(requested, max, state(charge), null));
			throw (requested > max) ? Limit.MAX_COST.exceeded(requested, max)
					: Limit.MAX_COST.exceededByBatch(total, max);
		}
		take(charge, requested, Math.max(0, requested - MIN_COST));
	}

	private void take(OperationCharge charge, @Nullable Integer requested, int cost) {
		BudgetState state = null;
		if (this.budget != null) {
			try {
				state = this.budget.take(charge.key(), cost);
			}
			catch (ApiException ex) {
				charge.setReport(new CostReport(requested, this.limits.maxCost(), state(charge),
						(ex.code() == ErrorCode.RATE_LIMITED) ? retryAfter(ex) : null));
				throw ex;
			}
		}
		charge.setReport(new CostReport(requested, this.limits.maxCost(), state, null));
	}

	private @Nullable BudgetState state(OperationCharge charge) {
		return (this.budget != null) ? this.budget.state(charge.key()) : null;
	}

	private static @Nullable Duration retryAfter(ApiException refusal) {
		return (refusal.extensions().get("retryAfter") instanceof Long seconds) ? Duration.ofSeconds(seconds) : null;
	}

}
