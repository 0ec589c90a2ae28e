package dev.kennel.graphql.limit;

import java.time.Duration;

/**
 * The state of a budget.
 *
 * @param limit its capacity
 * @param remaining the remaining cost
 * @param reset the time until it is full
 */
public record BudgetState(long limit, long remaining, Duration reset) {
}
