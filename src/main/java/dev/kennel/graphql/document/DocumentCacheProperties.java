package dev.kennel.graphql.document;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits the cache of documents.
 *
 * @param maxEntries the maximum number of documents
 * @param maxSize the maximum estimated memory of the documents
 */
@Validated
@ConfigurationProperties("kennel.graphql.document-cache")
record DocumentCacheProperties(@DefaultValue("2000") @Min(1) @Max(1_000_000) int maxEntries,
		@DefaultValue("64MB") @NotNull DataSize maxSize) {

	@AssertTrue(message = "kennel.graphql.document-cache.max-size has to be from 1MB to 2GB")
	boolean isMaxSizeSensible() {
		return this.maxSize.toMegabytes() >= 1 && this.maxSize.toMegabytes() <= 2048;
	}

}
