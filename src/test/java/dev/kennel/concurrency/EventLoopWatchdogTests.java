package dev.kennel.concurrency;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class EventLoopWatchdogTests {

	private final EventExecutor loop = new DefaultEventExecutor();

	private final EventLoopWatchdog watchdog = new EventLoopWatchdog(this.loop, Duration.ofMillis(10),
			Duration.ofMillis(100));

	@AfterEach
	void stop() {
		this.watchdog.close();
		var _ = this.loop.shutdownGracefully();
	}

	@Test
	void stackOfABlockedEventLoopIsLoggedOnce(CapturedOutput output) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		this.loop.execute(() -> blockTheLoop(release));

		while (!output.getAll().contains("has been blocked for")) {
			assertThat(Thread.interrupted()).isFalse();
		}
		release.countDown();
		this.loop.submit(() -> true).get();

		assertThat(output.getAll()).containsOnlyOnce("has been blocked for")
			.contains("EventLoopWatchdogTests.blockTheLoop");
	}

	private static void blockTheLoop(CountDownLatch release) {
		try {
			release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
