package dev.kennel.throttle;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimitsTests {

	private final RateLimits limits = new RateLimits(new ThrottleProperties(20, 5, 100, 2, 3, 7, 1, 64));

	/** The capacity of each bandwidth, and the interval at which a token is refilled. */
	private static String describe(BucketConfiguration configuration) {
		return Stream.of(configuration.getBandwidths())
			.map((limit) -> limit.getCapacity() + " "
					+ Duration.ofNanos(limit.getRefillPeriodNanos() / limit.getRefillTokens()).toMillis() + "ms")
			.collect(Collectors.joining(", "));
	}

	private List<String> byNetwork(RateLimitedAction action) {
		return this.limits.byNetwork(action).stream().map(RateLimitsTests::describe).toList();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "SIGN_UP", "MAIL" })
	void delaysGrowWithFailuresAndWiderNetworksHaveHigherLimits(RateLimitedAction action) {
		assertThat(byNetwork(action)).containsExactly("20 3000ms, 60 30000ms, 200 300000ms",
				"80 750ms, 240 7500ms, 800 75000ms", "320 187ms, 960 1875ms, 3200 18750ms");
		assertThat(describe(this.limits.byAccount(action))).isEqualTo("20 3000ms, 60 30000ms, 200 300000ms");
	}

	@Test
	void signUpsAndMailsHaveLimitsOfTheirOwn() {
		assertThat(byNetwork(RateLimitedAction.SIGN_UP)).containsExactly("2 180000ms", "8 45000ms", "32 11250ms");
		assertThat(byNetwork(RateLimitedAction.MAIL)).containsExactly("3 180000ms", "12 45000ms", "48 11250ms");
		assertThat(describe(this.limits.byAccount(RateLimitedAction.MAIL))).isEqualTo("7 300000ms");
		assertThat(describe(this.limits.mailsByRecipient)).isEqualTo("3 300000ms");
	}

	@Test
	void nameAndDeviceHaveShortTermLimitsAndCeilingPerHour() {
		assertThat(describe(this.limits.byName)).isEqualTo("5 2000ms, 10 10000ms, 20 30000ms");
		assertThat(describe(this.limits.byNamePerHour)).isEqualTo("50 72000ms");
		assertThat(describe(this.limits.byDevice)).isEqualTo("5 2000ms, 10 10000ms, 20 30000ms, 50 72000ms");
	}

	@Test
	void attemptAfterWaitIsNotAvailableAtFirst() {
		assertThat(describe(this.limits.afterWait)).isEqualTo("1 30000ms");
		assertThat(this.limits.afterWait.getBandwidths()).extracting(Bandwidth::getInitialTokens).containsExactly(0L);
		assertThat(this.limits.byName.getBandwidths()).extracting(Bandwidth::getInitialTokens)
			.containsExactly(5L, 10L, 20L);
	}

	@Test
	void onlyAttemptsWhoseSuccessRevealsNoSecretAreRefunded() {
		assertThat(Stream.of(RateLimitedAction.values()).filter(RateLimitedAction::isRefundedOnSuccess))
			.containsExactly(RateLimitedAction.LOGIN, RateLimitedAction.PASSWORD, RateLimitedAction.CODE,
					RateLimitedAction.EMAIL_CODE, RateLimitedAction.ONE_TIME_TOKEN);
		assertThat(Stream.of(RateLimitedAction.values()).filter(RateLimitedAction::isGuess)).containsExactly(
				RateLimitedAction.LOGIN, RateLimitedAction.PASSWORD, RateLimitedAction.CODE,
				RateLimitedAction.EMAIL_CODE);
	}

	/** 10 at once and 10 more within 24 hours. */
	@Test
	void codesHaveACeilingPerDay() {
		for (RateLimitedAction code : List.of(RateLimitedAction.CODE, RateLimitedAction.EMAIL_CODE)) {
			assertThat(describe(this.limits.ceiling(code))).isEqualTo("10 8640000ms");
			assertThat(describe(this.limits.byDevice(code)))
				.isEqualTo("5 2000ms, 10 10000ms, 20 30000ms, 10 8640000ms");
		}
		assertThat(describe(this.limits.ceiling(RateLimitedAction.LOGIN))).isEqualTo("50 72000ms");
	}

}
