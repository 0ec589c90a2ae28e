package dev.kennel.graphql.limit;

import java.time.Duration;

import io.github.bucket4j.TimeMeter;

/** A time that only a test advances. */
final class ManualTime implements TimeMeter {

	/** The origin is arbitrary, and zero nothing special. */
	private long nanos = -5_000_000_000L;

	void advance(Duration duration) {
		this.nanos += duration.toNanos();
	}

	@Override
	public long currentTimeNanos() {
		return this.nanos;
	}

	@Override
	public boolean isWallClockBased() {
		return false;
	}

}
