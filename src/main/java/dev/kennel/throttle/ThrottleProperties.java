package dev.kennel.throttle;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Rate limits of guesses, sign-ups and mails. A network is an IPv4 address or an IPv6
 * /64; a /56 may do 4 times as much, and a /48 16 times as much.
 *
 * @param attemptsByAddress how many failures a network may have at once before it has to
 * wait: 3 s each; 30 s each after 3 times as many, 5 min each after 10 times as many
 * @param attemptsByName how many failures a name may have at once, from any network,
 * before the next attempt has to wait: a few seconds at first, 30 at most
 * @param attemptsByNamePerHour how many failures a name may have in an hour, from all
 * networks together; past it, only devices that have logged in to it before may try
 * @param signUpsByNetwork how many sign-ups a network may send at once, successful or
 * not; then one every three minutes
 * @param mailsByNetwork how many mails a network may cause at once; then one every three
 * minutes
 * @param mailsByAccount how many mails an account may cause at once; then one every five
 * minutes
 * @param concurrency how many passwords are hashed at once; 0 for half of the processors
 * @param queue how many more may be queued; from one site half of them
 */
@Validated
@ConfigurationProperties("kennel.auth.throttle")
record ThrottleProperties(@DefaultValue("20") @Min(1) @Max(1_000_000) int attemptsByAddress,
		@DefaultValue("5") @Min(1) @Max(1_000_000) int attemptsByName,
		@DefaultValue("100") @Min(2) @Max(1_000_000) int attemptsByNamePerHour,
		@DefaultValue("100") @Min(1) @Max(1_000_000) int signUpsByNetwork,
		@DefaultValue("20") @Min(1) @Max(1_000_000) int mailsByNetwork,
		@DefaultValue("10") @Min(1) @Max(1_000_000) int mailsByAccount, @DefaultValue("0") @Min(0) int concurrency,
		@DefaultValue("128") @Min(64) int queue) {
}
