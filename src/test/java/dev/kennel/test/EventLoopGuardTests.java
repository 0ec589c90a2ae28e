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

	@Test
	void eventLoopThatIsBlockedByAWaitingThreadIsFound() throws Exception {
		Object lock = new Object();
		CountDownLatch locked = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Thread owner = Thread.ofPlatform().start(() -> {
			synchronized (lock) {
				locked.countDown();
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		});
		locked.await();
		try (EventLoops loops = new EventLoops()) {
			var blocked = loops.group().submit(() -> {
				synchronized (lock) {
					return 1;
				}
			});
			String waits = "";
			while (!waits.contains("EventLoopGuardTests")) {
				waits = String.join("\n", EventLoopGuard.takeWaits());
			}
			release.countDown();

			assertThat(blocked.get()).isOne();
			assertThat(waits).contains("BLOCKED");
		}
		owner.join();
	}

}
