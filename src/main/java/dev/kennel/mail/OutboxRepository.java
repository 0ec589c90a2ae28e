package dev.kennel.mail;

import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;

import javax.sql.DataSource;

import com.github.f4b6a3.uuid.UuidCreator;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.FailureHandler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.stereotype.Repository;

/**
 * Stores mail jobs in the database until they are completed. One instance executes each.
 *
 * @see <a href="https://github.com/kagkarlsson/db-scheduler">db-scheduler</a>
 */
@Repository
class OutboxRepository {

	private static final Logger logger = LoggerFactory.getLogger(OutboxRepository.class);

	private static final int THREADS = 2;

	/** The maximum delay of a job that another instance has left behind. */
	private static final Duration POLLING_INTERVAL = Duration.ofSeconds(5);

	/**
	 * The interval of heartbeats of the instance that executes a job; after four missed
	 * ones another instance takes the job over.
	 */
	private static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(5);

	private static final int MISSED_HEARTBEATS = 4;

	private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

	/**
	 * The delay of 5 seconds doubles each time: the last attempt comes some eleven hours
	 * after the first.
	 */
	private static final int RETRIES = 13;

	private static final FailureHandler<MailJob> BACK_OFF = new FailureHandler.ExponentialBackoffFailureHandler<>(
			FIRST_RETRY, 2);

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

	private final OneTimeTask<MailJob> task;

	private final Scheduler scheduler;

	private final Clock clock;

	private final JdbcClient jdbc;

	private final String table;

	/** Set before the scheduler starts. */
	private volatile Consumer<MailJob> sender = (job) -> {
		throw new IllegalStateException("Not started");
	};

	@Autowired
	OutboxRepository(DataSource dataSource, Clock clock) {
		this(dataSource, clock, "mail_orders");
	}

	OutboxRepository(DataSource dataSource, Clock clock, String table) {
		this.clock = clock;
		this.jdbc = JdbcClient.create(dataSource);
		this.table = table;
		this.task = Tasks.oneTime("mail", MailJob.class)
			.onFailure(OutboxRepository::retry)
			.execute((instance, context) -> this.sender.accept(instance.getData()));
		this.scheduler = Scheduler.create(new TransactionAwareDataSourceProxy(dataSource), this.task)
			.tableName(table)
			.serializer(new MailJobJson())
			.threads(THREADS)
			.pollingInterval(POLLING_INTERVAL)
			.heartbeatInterval(HEARTBEAT_INTERVAL)
			.missedHeartbeatsLimit(MISSED_HEARTBEATS)
			.shutdownMaxWait(SHUTDOWN_TIMEOUT)
			// The outbox logs failures: the library would log addresses.
			.failureLogging(LogLevel.OFF, false)
			.build();
	}

	private static void retry(ExecutionComplete execution, ExecutionOperations<MailJob> operations) {
		if (execution.getExecution().consecutiveFailures < RETRIES) {
			BACK_OFF.onFailure(execution, operations);
		}
		else {
			logger.error("A mail has failed {} times, and is discarded", RETRIES + 1);
			operations.remove();
		}
	}

	/** Inserts a job, in the current transaction. */
	void add(MailJob job) {
		this.scheduler.schedule(this.task.instance(UuidCreator.getTimeOrderedEpoch().toString(), job),
				this.clock.instant());
	}

	/** Returns the number of queued mails, and counts no more than some thousands. */
	double count() {
		return this.jdbc.sql("SELECT count(*) FROM (SELECT FROM " + this.table + " LIMIT 10000) AS waiting")
			.query(Long.class)
			.single();
	}

	/**
	 * Returns how many seconds ago the first of them was enqueued; 0 if there is none.
	 */
	double oldest() {
		return this.jdbc
			.sql("SELECT min(task_instance) FROM " + this.table + " WHERE task_name = '" + this.task.getName() + "'")
			.query(String.class)
			.optional()
			// A UUID of version 7 begins with its creation time.
			.map((first) -> Math.max(0,
					(this.clock.millis() - (UUID.fromString(first).getMostSignificantBits() >>> 16)) / 1000.0))
			.orElse(0.0);
	}

	/** Polls for due jobs immediately. */
	void pollNow() {
		this.scheduler.triggerCheckForDueExecutions();
	}

	/** Starts the execution of jobs. */
	void start(Consumer<MailJob> sender) {
		this.sender = sender;
		SchedulerLogFilter.install();
		this.scheduler.start();
	}

	void stop() {
		this.scheduler.stop();
	}

}
