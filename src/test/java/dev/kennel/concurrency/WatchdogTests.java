package dev.kennel.concurrency;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class WatchdogTests {

	@Test
	void failingCheckDoesNotStopOtherChecks() throws InterruptedException {
		CountDownLatch failed = new CountDownLatch(2);
		CountDownLatch checked = new CountDownLatch(4);
		Watchdog failing = Watchdog.start(() -> {
			failed.countDown();
			throw new AssertionError("A check that fails, as expected");
		});
		Watchdog other = Watchdog.start(checked::countDown);
		try {
			assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(checked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			failing.stop();
			other.stop();
		}
	}

	@Test
	void repeatedFailureIsLoggedOnce(CapturedOutput output) throws InterruptedException {
		CountDownLatch failed = new CountDownLatch(4);
		Watchdog failing = Watchdog.start(() -> {
			failed.countDown();
			throw new AssertionError("A check that fails again and again");
		});
		try {
			assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			failing.stop();
		}

		assertThat(output.getAll()).containsOnlyOnce("AssertionError: A check that fails again and again");
	}

	@Test
	void interruptDoesNotStopTheWatchdogThread() throws InterruptedException {
		CountDownLatch checked = new CountDownLatch(3);
		Watchdog watchdog = Watchdog.start(checked::countDown);
		try {
			Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().equals("watchdog"))
				.forEach(Thread::interrupt);

			assertThat(checked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			watchdog.stop();
		}
	}

	@Test
	void stoppedWatchdogIsNotCheckedAgain() throws InterruptedException {
		AtomicInteger checks = new AtomicInteger();
		Watchdog stopped = Watchdog.start(checks::incrementAndGet);
		stopped.stop();
		CountDownLatch checked = new CountDownLatch(3);
		Watchdog other = Watchdog.start(checked::countDown);
		try {
			assertThat(checked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			other.stop();
		}

		assertThat(checks).hasValueLessThanOrEqualTo(1);
	}

}
