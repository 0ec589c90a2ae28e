package dev.kennel.graphql.http;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of query batching: several operations in one HTTP request.
 *
 * @param maxSize the maximum number of operations in a batch; 0 disables batching
 */
@Validated
@ConfigurationProperties("kennel.graphql.batching")
record BatchingProperties(@DefaultValue("0") @Min(0) @Max(1000) int maxSize) {
}
