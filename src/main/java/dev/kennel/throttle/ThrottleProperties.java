package dev.kennel.throttle;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How often one may guess.
 *
 * @param attemptsByAddress how many failures an address may have before it has to wait;
 * it waits longer after three times, and after ten times as many
 * @param attemptsByName how many failures an account's name may have, from any address,
 * before whoever tries next has to wait: a few seconds at first, 30 at most
 * @param concurrency how many passwords are hashed at once; 0 for half of the processors
 * @param queue how many more may wait for that; from one address half of them
 */
@Validated
@ConfigurationProperties("kennel.auth.throttle")
record ThrottleProperties(@DefaultValue("20") @Min(1) @Max(1_000_000) int attemptsByAddress,
		@DefaultValue("5") @Min(1) @Max(1_000_000) int attemptsByName, @DefaultValue("0") @Min(0) int concurrency,
		@DefaultValue("128") @Min(64) int queue) {
}
