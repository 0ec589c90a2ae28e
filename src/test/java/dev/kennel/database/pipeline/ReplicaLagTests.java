package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReplicaLagTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());

	private final ReplicaLag lag = new ReplicaLag(this.now::get);

	private void pass(int seconds) {
		this.now.addAndGet(Duration.ofSeconds(seconds).toNanos());
	}

	@Test
	void standbyThatHasReplayedEverythingHasNoLag() {
		assertThat(this.lag.current()).isZero();
		this.lag.written(100);
		this.lag.replayed(100);
		pass(60);

		assertThat(this.lag.current()).isZero();
	}

	@Test
	void lagIsTheAgeOfTheOldestUnreplayedPosition() {
		this.lag.written(100);
		pass(1);
		this.lag.written(200);
		pass(2);
		this.lag.written(300);
		pass(4);
		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(7));

		this.lag.replayed(199);
		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(6));

		this.lag.replayed(250);
		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(4));

		this.lag.replayed(300);
		assertThat(this.lag.current()).isZero();
	}

	/** An idle primary writes nothing that the standby could be behind with. */
	@Test
	void repeatedPositionKeepsItsFirstTime() {
		this.lag.written(100);
		pass(1);
		this.lag.written(100);
		pass(1);

		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(2));
		this.lag.replayed(100);
		assertThat(this.lag.current()).isZero();
	}

	/** Nothing will ever replay what was lost. */
	@Test
	void positionsLostInAFailoverAreIgnored() {
		this.lag.written(100);
		pass(1);
		this.lag.written(300);
		pass(2);
		this.lag.written(200);
		pass(4);
		this.lag.replayed(100);
		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(4));

		this.lag.replayed(200);

		assertThat(this.lag.current()).isZero();
	}

	@Test
	void positionsOfAnotherClusterAreIgnored() {
		this.lag.written(300);
		pass(1);

		this.lag.clear();
		assertThat(this.lag.current()).isZero();

		this.lag.written(100);
		pass(2);
		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(2));
	}

	@Test
	void lagGrowsWhenNothingIsReplayedForHours() {
		for (int position = 1; position <= 10_000; position++) {
			this.lag.written(position);
			pass(1);
		}

		assertThat(this.lag.current()).isEqualTo(Duration.ofSeconds(10_000));
	}

}
