package dev.kennel.test;

import java.util.concurrent.CountDownLatch;

import dev.kennel.concurrency.EventLoops;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class EventLoopGuardTests {

	@Test
	void eventLoopThatWaitsIsFound() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		try (EventLoops loops = new EventLoops()) {
			assertThat(loops.group().submit(() -> 1).get()).isOne();

			var waiting = loops.group().submit(() -> {
				release.await();
				return 2;
			});
			String waits = "";
			while (!waits.contains("EventLoopGuardTests")) {
				waits = String.join("\n", EventLoopGuard.takeWaits());
			}
			release.countDown();

			assertThat(waiting.get()).isEqualTo(2);
			assertThat(waits).contains("WAITING").contains("CountDownLatch.await");
		}
	}

}
