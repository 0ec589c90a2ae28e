package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.graphql.RequestBatch;
import dev.kennel.identity.Client;
import graphql.GraphQLContext;
import graphql.language.Document;
import graphql.parser.Parser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A maximum cost of 100 and a budget of 200 per minute, on a clock that stands still. */
class LimitEnforcerTests {

	private static final LimitProperties LIMITS = new Binder(new MapConfigurationPropertySource(
			Map.of("kennel.graphql.limits.max-cost", 100, "kennel.graphql.limits.budget", 200)))
		.bind("kennel.graphql.limits", LimitProperties.class)
		.get();

	private final LimitEnforcer limits = limits(new Budget(200, () -> 0));

	private static LimitEnforcer limits(@Nullable Budget budget) {
		return new LimitEnforcer(LIMITS, new IntrospectionProperties(true), AdmissionFixture.PAGES, budget);
	}

	private static GraphQLContext context(String address) {
		return GraphQLContext.newContext().put(Client.class, new Client(address, null, "test", null)).build();
	}

	private static GraphQLContext context() {
		return context("192.0.2.1");
	}

	private static OperationCost cost(int objects) {
		return new OperationCost(List
			.of(new OperationCost.Node(OperationCost.Condition.ALWAYS, (variables) -> objects, false, List.of())));
	}

	private void admit(int objects, GraphQLContext context) {
		this.limits.admit(cost(objects), Map.of(), context);
	}

	private void run(int objects) {
		GraphQLContext context = context();
		this.limits.begin(context);
		admit(objects, context);
	}

	private static CostReport report(GraphQLContext context) {
		CostReport report = context.get(CostReport.class);
		assertThat(report).isNotNull();
		return report;
	}

	/** Each object takes 0.3 seconds to be refilled. */
	private static CostReport report(@Nullable Integer requested, long remaining, @Nullable Duration retryAfter) {
		long reset = Math.ceilDiv((200 - remaining) * 3, 10);
		return new CostReport(requested, 100, new Budget.State(200, remaining, Duration.ofSeconds(reset)), retryAfter);
	}

	@Test
	void requestCostsOneAndItsOperationTheRest() {
		GraphQLContext context = context();

		this.limits.begin(context);
		assertThat(report(context)).isEqualTo(report(null, 199, null));
		admit(50, context);
		assertThat(report(context)).isEqualTo(report(50, 150, null));
	}

	@Test
	void operationThatReturnsNothingCostsOne() {
		GraphQLContext context = context();

		this.limits.begin(context);
		admit(0, context);

		assertThat(report(context)).isEqualTo(report(0, 199, null));
	}

	@Test
	void operationThatIsExecutedAgainIsNotChargedAgain() {
		run(50);
		GraphQLContext again = context();
		LimitEnforcer.markCharged(again);

		this.limits.begin(again);
		CostReport atFirst = again.get(CostReport.class);
		assertThat(atFirst).isNull();
		admit(50, again);

		assertThat(report(again)).isEqualTo(report(50, 150, null));
	}

	@Test
	void operationAboveTheLimitIsRefusedAndChargedForItsRequestOnly() {
		GraphQLContext context = context();
		this.limits.begin(context);

		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> admit(101, context))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("code", "OPERATION_TOO_COMPLEX")
				.containsEntry("limit", "max-cost")
				.containsEntry("value", 101L)
				.containsEntry("max", 100L));

		assertThat(report(context)).isEqualTo(report(101, 199, null));
		admit(100, context);
		assertThat(report(context)).isEqualTo(report(100, 100, null));
	}

	@Test
	void operationBeyondTheBudgetIsRefusedAndNotCharged() {
		run(100);
		run(50);
		GraphQLContext context = context();
		this.limits.begin(context);

		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> admit(100, context))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("code", "RATE_LIMITED")
				.containsEntry("retryAfter", 15L));

		assertThat(report(context)).isEqualTo(report(100, 49, Duration.ofSeconds(15)));
		run(49);
		GraphQLContext last = context();
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> this.limits.begin(last));
		assertThat(report(last)).isEqualTo(report(null, 0, Duration.ofSeconds(1)));
		GraphQLContext other = context("192.0.2.2");
		this.limits.begin(other);
		assertThat(report(other)).isEqualTo(report(null, 199, null));
	}

	@Test
	void operationsOfABatchAreLimitedTogether() {
		RequestBatch batch = new RequestBatch();
		GraphQLContext first = context();
		GraphQLContext second = context();
		batch.put(first);
		batch.put(second);
		admit(60, first);

		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> admit(41, second))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("code", "OPERATION_TOO_COMPLEX")
				.containsEntry("value", 101L));
		assertThat(report(second)).isEqualTo(report(41, 141, null));
		admit(40, second);
		assertThat(report(second)).isEqualTo(report(40, 102, null));
	}

	@Test
	void variablesAreCheckedBeforeTheCost() {
		GraphQLContext context = context();

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> this.limits.admit(cost(1), Map.of("list", Collections.nCopies(1_001, 1)), context))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("limit", "max-list-size"));

		CostReport none = context.get(CostReport.class);
		assertThat(none).isNull();
	}

	@Test
	void textIsCheckedBeforeParsingAndShapeBeforeValidation() {
		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> this.limits.checkText("{" + " id".repeat(10_000) + "}"))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("limit", "max-tokens"));
		Document deep = Parser.parse("{a".repeat(16) + "}".repeat(16));
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> this.limits.checkShape(deep))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("limit", "max-depth"));
	}

	@Test
	void withoutABudgetNothingIsCharged() {
		LimitEnforcer unlimited = limits(null);
		GraphQLContext context = context();
		unlimited.begin(context);
		unlimited.admit(cost(100), Map.of(), context);
		assertThat(report(context)).isEqualTo(new CostReport(100, 100, null, null));

		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> unlimited.admit(cost(101), Map.of(), context));
		assertThat(report(context)).isEqualTo(new CostReport(101, 100, null, null));
		LimitEnforcer.markCharged(context);
		unlimited.admit(cost(7), Map.of(), context);
		assertThat(report(context)).isEqualTo(new CostReport(7, 100, null, null));
	}

}
