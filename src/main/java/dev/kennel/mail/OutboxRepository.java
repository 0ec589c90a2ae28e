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
 * Keeps orders in the store until they are done, and has one of the instances do each.
 *
 * @see <a href="https://github.com/kagkarlsson/db-scheduler">db-scheduler</a>
 */
@Repository
class OutboxRepository {

	private static final Logger logger = LoggerFactory.getLogger(OutboxRepository.class);

	private static final int THREADS = 2;

	/** What another instance has left behind waits so long. */
	private static final Duration POLLING = Duration.ofSeconds(5);

	/**
	 * Who has taken an order says so often that it still lives; after four times silence
	 * another takes it.
	 */
	private static final Duration HEARTBEAT = Duration.ofSeconds(5);

	private static final int MISSED_HEARTBEATS = 4;

	private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

	/** 5 seconds, doubled each time: the last comes some eleven hours after the first. */
	private static final int RETRIES = 13;

	private static final FailureHandler<MailJob> BACK_OFF = new FailureHandler.ExponentialBackoffFailureHandler<>(
			FIRST_RETRY, 2);

	private static final Duration SHUTDOWN = Duration.ofSeconds(10);

	private final OneTimeTask<MailJob> task;

	private final Scheduler scheduler;

	private final Clock clock;

	private final JdbcClient jdbc;

	private final String table;

	/** Set before anything is done. */
	private volatile Consumer<MailJob> work = (order) -> {
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
			.execute((instance, context) -> this.work.accept(instance.getData()));
		this.scheduler = Scheduler.create(new TransactionAwareDataSourceProxy(dataSource), this.task)
			.tableName(table)
			.serializer(new MailJobJson())
			.threads(THREADS)
			.pollingInterval(POLLING)
			.heartbeatInterval(HEARTBEAT)
			.missedHeartbeatsLimit(MISSED_HEARTBEATS)
			.shutdownMaxWait(SHUTDOWN)
			// What goes wrong is logged by who does it: the library would log addresses.
			.failureLogging(LogLevel.OFF, false)
			.build();
	}

	private static void retry(ExecutionComplete execution, ExecutionOperations<MailJob> operations) {
		if (execution.getExecution().consecutiveFailures < RETRIES) {
			BACK_OFF.onFailure(execution, operations);
		}
		else {
			logger.error("A mail is given up after {} attempts", RETRIES + 1);
			operations.remove();
		}
	}

	/** Keeps an order, in the transaction that is open. */
	void add(MailJob order) {
		this.scheduler.schedule(this.task.instance(UuidCreator.getTimeOrderedEpoch().toString(), order),
				this.clock.instant());
	}

	/** How many mails wait; no more than some thousands are counted. */
	double count() {
		return this.jdbc.sql("SELECT count(*) FROM (SELECT FROM " + this.table + " LIMIT 10000) AS waiting")
			.query(Long.class)
			.single();
	}

	/** How many seconds ago the first of them was ordered; 0 if there is none. */
	double oldest() {
		return this.jdbc
			.sql("SELECT min(task_instance) FROM " + this.table + " WHERE task_name = '" + this.task.getName() + "'")
			.query(String.class)
			.optional()
			// A UUID of version 7 begins with the time at which it was made.
			.map((first) -> Math.max(0,
					(this.clock.millis() - (UUID.fromString(first).getMostSignificantBits() >>> 16)) / 1000.0))
			.orElse(0.0);
	}

	/** Has a look right now. */
	void hurry() {
		this.scheduler.triggerCheckForDueExecutions();
	}

	/** Has orders done from now on. */
	void start(Consumer<MailJob> doer) {
		this.work = doer;
		this.scheduler.start();
	}

	void stop() {
		this.scheduler.stop();
	}

}
