package dev.kennel.graphql.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Several operations in one HTTP request.
 *
 * @param maxSize how many there may be; 0 for no batches at all
 */
@Validated
@ConfigurationProperties("kennel.graphql.batching")
record BatchingProperties(@DefaultValue("0") @Min(0) @Max(1000) int maxSize) {
}
