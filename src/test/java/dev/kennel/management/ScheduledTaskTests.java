package dev.kennel.management;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TriggerTask;
import org.springframework.scheduling.support.SimpleTriggerContext;

import static org.assertj.core.api.Assertions.assertThat;

/** The periodic tasks of an instance. */
@KennelTest
class ScheduledTaskTests {

	private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\| (\\d+) (ms|s|min|h) \\|", Pattern.MULTILINE);

	private static final Map<String, ChronoUnit> UNITS = Map.of("ms", ChronoUnit.MILLIS, "s", ChronoUnit.SECONDS, "min",
			ChronoUnit.MINUTES, "h", ChronoUnit.HOURS);

	private final List<Task> tasks;

	private final ThreadPoolTaskScheduler scheduler;

	ScheduledTaskTests(ScheduledTaskHolder tasks, ThreadPoolTaskScheduler scheduler) {
		this.tasks = tasks.getScheduledTasks().stream().map(ScheduledTask::getTask).toList();
		this.scheduler = scheduler;
	}

	/** Tasks that wait for a database that has frozen hold up no other. */
	@Test
	void eachTaskHasAThread() {
		assertThat(this.scheduler.getScheduledThreadPoolExecutor().getCorePoolSize()).isEqualTo(this.tasks.size());
	}

	@Test
	void architectureListsTheTasksWithTheirIntervals() throws IOException {
		List<String> listed = ROW.matcher(Files.readString(Path.of("docs/architecture.md")))
			.results()
			.map((row) -> row.group(1) + " "
					+ Duration.of(Long.parseLong(row.group(2)), Objects.requireNonNull(UNITS.get(row.group(3)))))
			.toList();

		assertThat(this.tasks.stream().map((task) -> className(task) + " " + interval(task)))
			.containsExactlyInAnyOrderElementsOf(listed);
	}

	/** Returns the simple name of the class that has the method of a task. */
	private static String className(Task task) {
		return task.toString().replaceAll("^[a-z.]*([A-Z]\\w*).*$", "$1");
	}

	private static Duration interval(Task task) {
		if (task instanceof FixedDelayTask fixed) {
			return fixed.getIntervalDuration();
		}
		Instant now = Instant.EPOCH;
		Instant next = ((TriggerTask) task).getTrigger()
			.nextExecution(new SimpleTriggerContext(Clock.fixed(now, ZoneOffset.UTC)));
		return Duration.between(now, Objects.requireNonNull(next));
	}

}
