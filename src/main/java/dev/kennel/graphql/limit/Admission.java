package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.RequestBatch;
import graphql.GraphQLContext;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.schema.GraphQLSchema;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Lets operations in, or refuses them, before anything of them is run.
 */
@Component
public class Admission {

	/** What a request costs whatever it asks for. */
	private static final int MIN_COST = 1;

	private static final Object PAID = Admission.class;

	private final LimitProperties limits;

	private final IntrospectionProperties introspection;

	private final PageSizes pageSizes;

	private final @Nullable Budget budget;

	@Autowired
	Admission(LimitProperties limits, IntrospectionProperties introspection, PageSizes pageSizes) {
		this(limits, introspection, pageSizes, Budget.of(limits));
	}

	Admission(LimitProperties limits, IntrospectionProperties introspection, PageSizes pageSizes,
			@Nullable Budget budget) {
		this.limits = limits;
		this.introspection = introspection;
		this.pageSizes = pageSizes;
		this.budget = budget;
	}

	/**
	 * Marks an operation as one that was let in before, and is run again: it costs no
	 * more.
	 * @param context the operation's new context
	 */
	public static void markPaid(GraphQLContext context) {
		context.put(PAID, true);
	}

	/**
	 * Begins with a request, which costs something in any case.
	 * @param context the operation's context, which knows who asks
	 * @throws ApiException with RATE_LIMITED if nothing is left of the budget
	 */
	public void begin(GraphQLContext context) {
		if (!context.hasKey(PAID)) {
			pay(context, null, MIN_COST);
		}
	}

	/**
	 * Refuses a document before it is looked at: whichever transport it has come by.
	 * @param size its bytes in UTF-8
	 * @throws ApiException with OPERATION_TOO_COMPLEX if there are too many
	 */
	public void checkSize(long size) {
		long limit = this.limits.maxDocumentSize().toBytes();
		if (size > limit) {
			throw documentTooLarge(size, limit);
		}
	}

	/**
	 * Makes the refusal of a document, or of all documents of a batch.
	 * @param size its bytes in UTF-8
	 * @param limit how many there may be
	 * @return the refusal, with OPERATION_TOO_COMPLEX
	 */
	public static ApiException documentTooLarge(long size, long limit) {
		return ApiException.tooComplex(
				"The document may have " + limit + " bytes (kennel.graphql.limits.max-document-size).",
				"max-document-size", size, limit);
	}

	/**
	 * Refuses a text before it is parsed.
	 * @param document the text of a document
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it is too large
	 */
	public void checkText(String document) {
		DocumentText.check(document, this.limits);
	}

	/**
	 * Refuses a document before it is validated.
	 * @param document the document
	 * @throws ApiException with OPERATION_TOO_COMPLEX if an operation or fragment of it
	 * is too large, or with GRAPHQL_VALIDATION_FAILED if a fragment spreads itself or the
	 * document asks for an introspection where there is none
	 */
	public void checkShape(Document document) {
		DocumentShape.check(document, this.limits, this.introspection.introspection());
	}

	/**
	 * Makes the cost of an operation, to be kept with the document.
	 * @param schema the schema
	 * @param document the document, which is valid
	 * @param operation an operation of it
	 * @return the cost
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it is an introspection that runs
	 * in circles
	 */
	public OperationCost cost(GraphQLSchema schema, Document document, OperationDefinition operation) {
		return CostCompiler.compile(schema, document, operation, this.pageSizes, this.limits);
	}

	/**
	 * Lets an operation in.
	 * @param cost its cost
	 * @param variables the variables as they were sent
	 * @param context the operation's context, which knows who asks
	 * @throws ApiException with OPERATION_TOO_COMPLEX if it asks for too much with these
	 * variables, or together with those before it in a batch, or with RATE_LIMITED if not
	 * enough is left of the budget
	 */
	public void admit(OperationCost cost, Map<String, ? extends @Nullable Object> variables, GraphQLContext context) {
		Variables.check(variables, this.limits);
		int requested = cost.of(variables);
		if (context.hasKey(PAID)) {
			context.put(CostReport.class, new CostReport(requested, this.limits.maxCost(), state(context), null));
			return;
		}
		long ofBatch = RequestBatch.tryAdd(context, requested, this.limits.maxCost());
		if (ofBatch > this.limits.maxCost()) {
			context.put(CostReport.class, new CostReport(requested, this.limits.maxCost(), state(context), null));
			throw (requested > this.limits.maxCost()) ? Limit.MAX_COST.exceeded(requested, this.limits.maxCost())
					: Limit.MAX_COST.exceededByBatch(ofBatch, this.limits.maxCost());
		}
		pay(context, requested, Math.max(0, requested - MIN_COST));
	}

	/**
	 * Returns what an operation costs that has been let in.
	 * @param context the operation's context
	 * @return the objects that it can return; 0 if it has not been let in
	 */
	public static int requestedCost(GraphQLContext context) {
		CostReport report = context.get(CostReport.class);
		return (report != null && report.requested() != null) ? report.requested() : 0;
	}

	private void pay(GraphQLContext context, @Nullable Integer requested, int cost) {
		Budget.State state = null;
		if (this.budget != null) {
			try {
				state = this.budget.take(CallerContext.limitKey(context), cost);
			}
			catch (ApiException ex) {
				context.put(CostReport.class, new CostReport(requested, this.limits.maxCost(), state(context),
						(ex.code() == ErrorCode.RATE_LIMITED) ? retryAfter(ex) : null));
				throw ex;
			}
		}
		context.put(CostReport.class, new CostReport(requested, this.limits.maxCost(), state, null));
	}

	private Budget.@Nullable State state(GraphQLContext context) {
		return (this.budget != null) ? this.budget.state(CallerContext.limitKey(context)) : null;
	}

	private static @Nullable Duration retryAfter(ApiException refusal) {
		return (refusal.extensions().get("retryAfter") instanceof Long seconds) ? Duration.ofSeconds(seconds) : null;
	}

}
