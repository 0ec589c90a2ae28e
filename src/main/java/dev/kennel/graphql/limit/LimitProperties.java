package dev.kennel.graphql.limit;

import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What an operation may be. Fragments count wherever they are spread.
 *
 * @param maxDocumentSize the bytes of a document in UTF-8, in a batch of all documents
 * together
 * @param maxDepth how deep fields may be nested; those of the introspection have a limit
 * of their own
 * @param maxNesting how deep selections, values and variables may be nested, whatever
 * they are
 * @param maxAliases how many fields may have an alias
 * @param maxRootFields how many fields of the root type there may be
 * @param maxDirectives how many directives there may be
 * @param maxFields how many fields there may be
 * @param maxTokens how many tokens a document may have
 * @param maxListSize how many elements a list in the document or the variables may have
 * @param maxCost how many objects an operation may return
 * @param budget the cost that an account, or an address that is signed out, may cause
 * each minute; 0 for no limit
 * @param deadline how long an operation may take
 * @param maxConcurrent how many operations are run at once, while others wait; 0 for four
 * for each processor
 */
@Validated
@ConfigurationProperties("kennel.graphql.limits")
public record LimitProperties(@DefaultValue("100KB") @NotNull DataSize maxDocumentSize,
		@DefaultValue("15") @Min(1) @Max(100) int maxDepth, @DefaultValue("50") @Min(10) @Max(200) int maxNesting,
		@DefaultValue("50") @Min(0) int maxAliases, @DefaultValue("20") @Min(1) int maxRootFields,
		@DefaultValue("50") @Min(0) int maxDirectives, @DefaultValue("2000") @Min(1) @Max(100_000) int maxFields,
		@DefaultValue("10000") @Min(100) @Max(1_000_000) int maxTokens, @DefaultValue("1000") @Min(1) int maxListSize,
		@DefaultValue("20000") @Min(1) @Max(1_000_000_000) int maxCost,
		@DefaultValue("1000000") @Min(0) @Max(1_000_000_000_000L) long budget,
		@DefaultValue("10s") @NotNull @DurationMin(seconds = 1) @DurationMax(hours = 1) Duration deadline,
		@DefaultValue("0") @Min(0) int maxConcurrent) {

	private static final int CONCURRENT_FOR_EACH_PROCESSOR = 4;

	/**
	 * Answers how many operations are run at once.
	 * @return the number, which is positive
	 */
	public int concurrency() {
		return (this.maxConcurrent > 0) ? this.maxConcurrent
				: CONCURRENT_FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors();
	}

	@AssertTrue(message = "kennel.graphql.limits.budget may not be less than kennel.graphql.limits.max-cost, but for 0")
	boolean isBudgetEnoughForAnOperation() {
		return this.budget == 0 || this.budget >= this.maxCost;
	}

}
