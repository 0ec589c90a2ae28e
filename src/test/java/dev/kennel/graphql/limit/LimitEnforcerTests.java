package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.graphql.cost.FixedCosts;
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

	private final LimitEnforcer limits = limits(new Budget(200, new ManualTime()));

	private static LimitEnforcer limits(@Nullable Budget budget) {
		return new LimitEnforcer(LIMITS, new IntrospectionProperties(true), FixedCosts.PAGES, budget);
	}

	private static OperationCharge charge() {
		return new OperationCharge("192.0.2.1", null, false);
	}

	private void admit(int objects, OperationCharge charge) {
		this.limits.admit(FixedCosts.of(objects), Map.of(), charge);
	}

	private void run(int objects) {
		OperationCharge charge = charge();
		this.limits.begin(charge);
		admit(objects, charge);
	}

	private static CostReport report(OperationCharge charge) {
		CostReport report = charge.report();
		assertThat(report).isNotNull();
		return report;
	}

	/** Each object takes 0.3 seconds to be refilled. */
	private static CostReport report(@Nullable Integer requested, long remaining, @Nullable Duration retryAfter) {
		long reset = Math.ceilDiv((200 - remaining) * 3, 10);
		return new CostReport(requested, 100, new BudgetState(200, remaining, Duration.ofSeconds(reset)), retryAfter);
	}

	@Test
	void requestCostsOneAndItsOperationTheRest() {
		OperationCharge charge = charge();

		this.limits.begin(charge);
		assertThat(report(charge)).isEqualTo(report(null, 199, null));
		admit(50, charge);
		assertThat(report(charge)).isEqualTo(report(50, 150, null));
	}

	@Test
	void operationThatReturnsNothingCostsOne() {
		OperationCharge charge = charge();

		this.limits.begin(charge);
		admit(0, charge);

		assertThat(report(charge)).isEqualTo(report(0, 199, null));
	}

	@Test
	void operationThatIsExecutedAgainIsNotChargedAgain() {
		run(50);
		OperationCharge again = new OperationCharge("192.0.2.1", null, true);

		this.limits.begin(again);
		assertThat(again.report()).isNull();
		admit(50, again);

		assertThat(report(again)).isEqualTo(report(50, 150, null));
	}

	@Test
	void operationAboveTheLimitIsRefusedAndChargedForItsRequestOnly() {
		OperationCharge charge = charge();
		this.limits.begin(charge);

		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> admit(101, charge))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("code", "OPERATION_TOO_COMPLEX")
				.containsEntry("limit", "max-cost")
				.containsEntry("value", 101L)
				.containsEntry("max", 100L));

		assertThat(report(charge)).isEqualTo(report(101, 199, null));
		admit(100, charge);
		assertThat(report(charge)).isEqualTo(report(100, 100, null));
	}

	@Test
	void operationBeyondTheBudgetIsRefusedAndNotCharged() {
		run(100);
		run(50);
		OperationCharge charge = charge();
		this.limits.begin(charge);

		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> admit(100, charge))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("code", "RATE_LIMITED")
				.containsEntry("retryAfter", 15L));

		assertThat(report(charge)).isEqualTo(report(100, 49, Duration.ofSeconds(15)));
		run(49);
		OperationCharge last = charge();
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> this.limits.begin(last));
		assertThat(report(last)).isEqualTo(report(null, 0, Duration.ofSeconds(1)));
		OperationCharge other = new OperationCharge("192.0.2.2", null, false);
		this.limits.begin(other);
		assertThat(report(other)).isEqualTo(report(null, 199, null));
	}

	@Test
	void operationsOfABatchAreLimitedTogether() {
		RequestBatchCost batch = new RequestBatchCost();
		OperationCharge first = new OperationCharge("192.0.2.1", batch, false);
		OperationCharge second = new OperationCharge("192.0.2.1", batch, false);
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
		OperationCharge charge = charge();

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(
					() -> this.limits.admit(FixedCosts.of(1), Map.of("list", Collections.nCopies(1_001, 1)), charge))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("limit", "max-list-size"));

		assertThat(charge.report()).isNull();
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
		OperationCharge charge = charge();
		unlimited.begin(charge);
		unlimited.admit(FixedCosts.of(100), Map.of(), charge);
		assertThat(report(charge)).isEqualTo(new CostReport(100, 100, null, null));

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> unlimited.admit(FixedCosts.of(101), Map.of(), charge));
		assertThat(report(charge)).isEqualTo(new CostReport(101, 100, null, null));
		OperationCharge again = new OperationCharge("192.0.2.1", null, true);
		unlimited.admit(FixedCosts.of(7), Map.of(), again);
		assertThat(report(again)).isEqualTo(new CostReport(7, 100, null, null));
	}

}
