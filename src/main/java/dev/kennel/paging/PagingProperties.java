package dev.kennel.paging;

import dev.kennel.graphql.cost.PageSizes;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The sizes of pages.
 *
 * @param defaultSize the number of rows in a page without {@code first} and {@code last}
 * @param maxSize the maximum of both arguments
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
