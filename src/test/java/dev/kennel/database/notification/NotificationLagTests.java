package dev.kennel.database.notification;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NotificationLagTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());

	private final NotificationLag lag = new NotificationLag(this.now::get);

	private final List<Long> seconds = new ArrayList<>();

	@BeforeEach
	void listen() {
		this.lag.onLag((nanos) -> this.seconds.add(Duration.ofNanos(nanos).toSeconds()));
	}

	private void pass(int seconds) {
		this.now.addAndGet(Duration.ofSeconds(seconds).toNanos());
	}

	private static Notification notification(int number) {
		return new Notification("tests", String.valueOf(number));
	}

	@Test
	void lagIsMeasuredFromTheFirstOfEqualNotifications() {
		this.lag.published(notification(1));
		pass(2);
		this.lag.published(notification(1));
		pass(3);

		this.lag.arrived(notification(1));
		this.lag.arrived(notification(1));
		this.lag.arrived(notification(2));

		assertThat(this.seconds).containsExactly(5L);
	}

	@Test
	void lostNotificationsAreEvicted() {
		for (int number = 0; number < 100; number++) {
			this.lag.published(notification(number));
		}
		pass(59);
		this.lag.published(notification(100));
		pass(2);
		this.lag.published(notification(101));
		pass(1);

		this.lag.arrived(notification(100));
		this.lag.arrived(notification(101));

		assertThat(this.seconds).containsExactly(1L);
	}

	@Test
	void notificationIsNotMistakenForALostEqualOne() {
		this.lag.published(notification(1));
		pass(61);
		this.lag.published(notification(1));
		pass(1);
		this.lag.arrived(notification(1));
		this.lag.published(notification(2));
		pass(61);

		this.lag.arrived(notification(2));

		assertThat(this.seconds).containsExactly(1L);
	}

	@Test
	void forgottenNotificationsAreNotMeasured() {
		this.lag.published(notification(1));
		this.lag.published(notification(2));
		this.lag.forget(notification(1));
		this.lag.arrived(notification(1));
		this.lag.forget(Set.of("others"));
		this.lag.arrived(notification(2));
		assertThat(this.seconds).containsExactly(0L);

		this.lag.published(notification(3));
		this.lag.forget(Set.of("tests"));
		this.lag.arrived(notification(3));
		this.lag.published(notification(4));
		this.lag.clear();
		this.lag.arrived(notification(4));

		assertThat(this.seconds).containsExactly(0L);
	}

}
