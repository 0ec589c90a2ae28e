package dev.kennel.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock in UTC that stands still until it is set. */
public final class AdjustableClock extends Clock {

	private volatile Instant now;

	/**
	 * Creates a clock.
	 * @param now the time that it shows
	 */
	public AdjustableClock(Instant now) {
		this.now = now;
	}

	/**
	 * Sets the clock.
	 * @param time the time that it shows from now on
	 */
	public void set(Instant time) {
		this.now = time;
	}

	/**
	 * Advances the clock.
	 * @param time the duration
	 */
	public void advance(Duration time) {
		this.now = this.now.plus(time);
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Instant instant() {
		return this.now;
	}

}
