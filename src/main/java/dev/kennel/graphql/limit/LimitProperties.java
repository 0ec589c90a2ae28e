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
 * Limits of requests and of their operations. A fragment counts each time it is spread.
 *
 * @param maxBodySize the maximum size of the body of a request; a larger one is
 * PAYLOAD_TOO_LARGE
 * @param bodyTimeout the maximum time in which a body arrives, however slowly
 * @param maxDocumentSize the maximum size of a document in UTF-8, or of all documents of
 * a batch together
 * @param maxDepth the maximum depth of fields; introspection has a limit of its own
 * @param maxNesting the maximum nesting of selections, values and variables of any kind
 * @param maxAliases the maximum number of aliases
 * @param maxRootFields the maximum number of root fields
 * @param maxDirectives the maximum number of directives
 * @param maxFields the maximum number of fields
 * @param maxTokens the maximum number of tokens of a document
 * @param maxListSize the maximum size of a list in the document or the variables
 * @param maxCost the maximum number of objects that an operation may return
 * @param budget the cost per minute of an account, or of an address that is signed out; 0
 * for no limit
 * @param deadline the maximum duration of an operation
 * @param maxConcurrent the maximum number of operations executed at once, while others
 * wait; 0 for four per processor
 */
@Validated
@ConfigurationProperties("kennel.graphql.limits")
public record LimitProperties(@DefaultValue("1MB") @NotNull DataSize maxBodySize,
		@DefaultValue("30s") @NotNull @DurationMin(millis = 100) Duration bodyTimeout,
		@DefaultValue("100KB") @NotNull DataSize maxDocumentSize, @DefaultValue("15") @Min(1) @Max(100) int maxDepth,
		@DefaultValue("50") @Min(10) @Max(200) int maxNesting, @DefaultValue("50") @Min(0) int maxAliases,
		@DefaultValue("20") @Min(1) int maxRootFields, @DefaultValue("50") @Min(0) int maxDirectives,
		@DefaultValue("2000") @Min(1) @Max(100_000) int maxFields,
		@DefaultValue("10000") @Min(100) @Max(1_000_000) int maxTokens, @DefaultValue("1000") @Min(1) int maxListSize,
		@DefaultValue("20000") @Min(1) @Max(1_000_000_000) int maxCost,
		@DefaultValue("1000000") @Min(0) @Max(60_000_000_000L) long budget,
		@DefaultValue("10s") @NotNull @DurationMin(seconds = 1) @DurationMax(hours = 1) Duration deadline,
		@DefaultValue("0") @Min(0) int maxConcurrent) {

	private static final int CONCURRENT_PER_PROCESSOR = 4;

	/**
	 * Returns the maximum number of operations executed at once.
	 * @return the number, which is positive
	 */
	public int concurrency() {
		return (this.maxConcurrent > 0) ? this.maxConcurrent
				: CONCURRENT_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
	}

	@AssertTrue(message = "kennel.graphql.limits.budget may not be less than kennel.graphql.limits.max-cost, but for 0")
	boolean isBudgetEnoughForAnOperation() {
		return this.budget == 0 || this.budget >= this.maxCost;
	}

}
