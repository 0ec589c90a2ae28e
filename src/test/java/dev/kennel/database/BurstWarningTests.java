package dev.kennel.database;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class BurstWarningTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger("burst");

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);

	@BeforeEach
	void listen() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.appender);
	}

	@Test
	void burstIsLoggedAtOnceAndThenAtMostEveryTenSeconds() {
		BurstWarning warning = new BurstWarning(this.logger, "Gone: {}", this.nanoTime::get);
		for (int failure = 1; failure <= 4; failure++) {
			assertThat(warning.log(new IllegalStateException("failure " + failure))).isEqualTo(failure == 1);
		}
		this.nanoTime.addAndGet(Duration.ofSeconds(10).toNanos() - 1);
		warning.log(new IllegalStateException("failure 5"));
		this.nanoTime.addAndGet(1);
		warning.log(new IllegalStateException("failure 6"));
		this.nanoTime.addAndGet(Duration.ofSeconds(60).toNanos());
		warning.log(new IllegalStateException("failure 7"));

		assertThat(this.appender.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("Gone: java.lang.IllegalStateException: failure 1",
					"Gone: java.lang.IllegalStateException: failure 6 (4 more since the last warning)",
					"Gone: java.lang.IllegalStateException: failure 7");
		assertThat(this.appender.list).extracting(ILoggingEvent::getThrowableProxy).containsOnlyNulls();
	}

}
