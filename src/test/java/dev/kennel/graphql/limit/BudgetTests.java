package dev.kennel.graphql.limit;

import java.time.Duration;
import java.util.Map;

import dev.kennel.error.ApiException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BudgetTests {

	private final ManualTime time = new ManualTime();

	private final Budget budget = new Budget(600, this.time);

	@Test
	void bucketHoldsTheBudgetOfAMinuteAndRefillsContinuously() {
		assertThat(this.budget.take("ann", 0)).isEqualTo(new BudgetState(600, 600, Duration.ZERO));
		assertThat(this.budget.take("ann", 500)).isEqualTo(new BudgetState(600, 100, Duration.ofSeconds(50)));
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> this.budget.take("ann", 120))
			.satisfies((failure) -> assertThat(failure.extensions()).containsEntry("code", "RATE_LIMITED")
				.containsEntry("retryAfter", 2L));
		assertThat(this.budget.take("bob", 600)).isEqualTo(new BudgetState(600, 0, Duration.ofSeconds(60)));

		this.time.advance(Duration.ofSeconds(2));
		assertThat(this.budget.take("ann", 120)).isEqualTo(new BudgetState(600, 0, Duration.ofSeconds(60)));

		this.time.advance(Duration.ofSeconds(30));
		assertThat(this.budget.state("ann")).isEqualTo(new BudgetState(600, 300, Duration.ofSeconds(30)));
		this.time.advance(Duration.ofHours(1));
		assertThat(this.budget.state("ann")).isEqualTo(new BudgetState(600, 600, Duration.ZERO));
	}

	@Test
	void budgetOfZeroIsUnlimited() {
		assertThat(Budget.of(limits(0))).isNull();
		assertThat(Budget.of(limits(1))).isNotNull()
			.extracting((budget) -> budget.take("ann", 1).limit())
			.isEqualTo(1L);
	}

	private static LimitProperties limits(long budget) {
		return new Binder(new MapConfigurationPropertySource(Map.of("kennel.graphql.limits.budget", budget)))
			.bind("kennel.graphql.limits", LimitProperties.class)
			.get();
	}

}
