package dev.kennel.concurrency;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
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

	@Test
	void idleEventLoopIsNotLogged(CapturedOutput output) throws Exception {
		AtomicInteger checks = new AtomicInteger();
		Duration limit = Duration.ofMillis(500);
		try (EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
				EventLoopWatchdog _ = new EventLoopWatchdog(group.next(), Duration.ofHours(1), limit)) {
			group.submit(() -> true).get();
			long heartbeat = System.nanoTime();
			Watchdog counter = Watchdog.start(() -> {
				if (System.nanoTime() - heartbeat > limit.toNanos()) {
					checks.incrementAndGet();
				}
			});
			while (checks.get() < 3) {
				Thread.onSpinWait();
			}
			counter.stop();
		}

		assertThat(output.getAll()).doesNotContain("has been blocked for");
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
