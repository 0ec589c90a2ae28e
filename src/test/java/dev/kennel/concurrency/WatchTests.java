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
class WatchTests {

	@Test
	void whatFailsKeepsNothingElseFromBeingLookedAfter() throws InterruptedException {
		CountDownLatch failed = new CountDownLatch(2);
		CountDownLatch looked = new CountDownLatch(4);
		Watch failing = Watch.begin(() -> {
			failed.countDown();
			throw new AssertionError("A look that fails, as it should here");
		});
		Watch other = Watch.begin(looked::countDown);
		try {
			assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			failing.end();
			other.end();
		}
	}

	@Test
	void whatFailsAgainAndAgainIsSaidOnce(CapturedOutput output) throws InterruptedException {
		CountDownLatch failed = new CountDownLatch(4);
		Watch failing = Watch.begin(() -> {
			failed.countDown();
			throw new AssertionError("A look that fails again and again");
		});
		try {
			assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			failing.end();
		}

		assertThat(output.getAll()).containsOnlyOnce("AssertionError: A look that fails again and again");
	}

	@Test
	void whoeverInterruptsItDoesNotEndIt() throws InterruptedException {
		CountDownLatch looked = new CountDownLatch(3);
		Watch watch = Watch.begin(looked::countDown);
		try {
			Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().equals("watch"))
				.forEach(Thread::interrupt);

			assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			watch.end();
		}
	}

	@Test
	void whatHasEndedIsLookedAfterNoMore() throws InterruptedException {
		AtomicInteger looks = new AtomicInteger();
		Watch ended = Watch.begin(looks::incrementAndGet);
		ended.end();
		CountDownLatch looked = new CountDownLatch(3);
		Watch other = Watch.begin(looked::countDown);
		try {
			assertThat(looked.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			other.end();
		}

		assertThat(looks).hasValueLessThanOrEqualTo(1);
	}

}
