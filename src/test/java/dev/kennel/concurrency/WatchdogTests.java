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
	void whatFailsKeepsNothingElseFromBeingLookedAfter() throws InterruptedException {
		CountDownLatch failed = new CountDownLatch(2);
		CountDownLatch looked = new CountDownLatch(4);
		Watchdog failing = Watchdog.start(() -> {
			failed.countDown();
			throw new AssertionError("A look that fails, as it should here");
		});
		Watchdog other = Watchdog.start(looked::countDown);
		try {
			assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			failing.stop();
			other.stop();
		}
	}

	@Test
	void whatFailsAgainAndAgainIsSaidOnce(CapturedOutput output) throws InterruptedException {
		CountDownLatch failed = new CountDownLatch(4);
		Watchdog failing = Watchdog.start(() -> {
			failed.countDown();
			throw new AssertionError("A look that fails again and again");
		});
		try {
			assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			failing.stop();
		}

		assertThat(output.getAll()).containsOnlyOnce("AssertionError: A look that fails again and again");
	}

	@Test
	void whoeverInterruptsItDoesNotEndIt() throws InterruptedException {
		CountDownLatch looked = new CountDownLatch(3);
		Watchdog watch = Watchdog.start(looked::countDown);
		try {
			Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().equals("watch"))
				.forEach(Thread::interrupt);

			assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			watch.stop();
		}
	}

	@Test
	void whatHasEndedIsLookedAfterNoMore() throws InterruptedException {
		AtomicInteger looks = new AtomicInteger();
		Watchdog ended = Watchdog.start(looks::incrementAndGet);
		ended.stop();
		CountDownLatch looked = new CountDownLatch(3);
		Watchdog other = Watchdog.start(looked::countDown);
		try {
			assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			other.stop();
		}

		assertThat(looks).hasValueLessThanOrEqualTo(1);
	}

}
