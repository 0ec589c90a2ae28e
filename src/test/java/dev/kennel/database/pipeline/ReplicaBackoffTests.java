package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicaBackoffTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());

	private final ReplicaBackoff backoff = new ReplicaBackoff(this.now::get);

	private void pass(double seconds) {
		this.now.addAndGet((long) (seconds * 1e9));
	}

	private void session(double seconds) {
		this.backoff.begun();
		pass(seconds);
		this.backoff.ended();
	}

	/** Returns after how many seconds of responses it is over. */
	private double delay() {
		double seconds = 0;
		while (!this.backoff.isOver()) {
			pass(0.5);
			seconds += 0.5;
		}
		return seconds;
	}

	@Test
	void firstSessionBeginsAtOnce() {
		assertThat(delay()).isZero();
	}

	@Test
	void sessionAfterALongOneBeginsAtOnce() {
		session(60);

		assertThat(delay()).isZero();
	}

	@Test
	void delayDoublesWithEachShortSession() {
		for (double expected : new double[] { 1, 2, 4, 8, 16, 30, 30 }) {
			session(59.9);
			assertThat(delay()).isEqualTo(expected);
		}
		session(60);
		assertThat(delay()).isZero();
	}

	@Test
	void missedHeartbeatRestartsTheDelay() {
		session(1);
		pass(0.9);
		assertThat(this.backoff.isOver()).isFalse();
		this.backoff.missed();
		pass(0.9);
		assertThat(this.backoff.isOver()).isFalse();

		pass(0.1);

		assertThat(this.backoff.isOver()).isTrue();
	}

}
