package dev.kennel.factor;

/**
 * The input of {@code setSecondFactorPolicy}.
 *
 * @param policy which log-ins need the second factor
 */
record SetSecondFactorPolicyInput(SecondFactorPolicy policy) {
}
