package dev.kennel.paging;

import dev.kennel.graphql.limit.PageSizes;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How large pages are.
 *
 * @param defaultSize the rows of a page when neither {@code first} nor {@code last} says
 * @param maxSize the most that either may ask for
 */
@Validated
@ConfigurationProperties("kennel.paging")
public record PagingProperties(@DefaultValue("50") @Min(1) int defaultSize,
		@DefaultValue("200") @Min(1) @Max(10_000) int maxSize) implements PageSizes {

	@AssertTrue(message = "kennel.paging.default-size may not be greater than kennel.paging.max-size")
	boolean isDefaultSizeInRange() {
		return this.defaultSize <= this.maxSize;
	}

}
