package dev.kennel.database;

import java.time.Duration;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of the database.
 *
 * @param timeoutSlack how long after the deadline of an operation PostgreSQL itself ends
 * its statement or idle transaction; 0 sets no timeouts
 */
@Validated
@ConfigurationProperties("kennel.database")
record DatabaseProperties(@DefaultValue("20s") @NotNull Duration timeoutSlack) {

	/** A commit may still be in flight five seconds after the deadline. */
	@AssertTrue(message = "kennel.database.timeout-slack has to be 0, or from 10s to 1h")
	boolean isTimeoutSlackSensible() {
		return this.timeoutSlack.isZero() || (this.timeoutSlack.compareTo(Duration.ofSeconds(10)) >= 0
				&& this.timeoutSlack.compareTo(Duration.ofHours(1)) <= 0);
	}

}
