package dev.kennel.server.limit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryPermitsTests {

	private final MemoryPermits permits = new MemoryPermits(64 * 1024);

	@Test
	void onlyLargeBodiesNeedPermits() {
		for (int size = MemoryPermits.SMALL; size < 64 * 1024; size *= 2) {
			assertThat(this.permits.tryGrow(size, 2 * size)).isTrue();
		}

		assertThat(this.permits.tryGrow(0, MemoryPermits.SMALL)).isTrue();
		assertThat(this.permits.tryGrow(MemoryPermits.SMALL, 2 * MemoryPermits.SMALL + 1024)).isFalse();
		// A failed acquisition takes no permit, and all held permits are released.
		assertThat(this.permits.tryGrow(MemoryPermits.SMALL, 2 * MemoryPermits.SMALL)).isTrue();
		this.permits.release(64 * 1024);
		assertThat(this.permits.tryGrow(2 * MemoryPermits.SMALL, 8 * MemoryPermits.SMALL)).isTrue();
		assertThat(this.permits.tryGrow(8 * MemoryPermits.SMALL, 10 * MemoryPermits.SMALL)).isFalse();
	}

}
