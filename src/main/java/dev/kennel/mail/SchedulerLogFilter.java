package dev.kennel.mail;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.kennel.database.sql.SqlFailureClassifier;
import org.slf4j.LoggerFactory;

/**
 * Omits log events of the scheduler whose cause is that the database is unavailable. The
 * scheduler would log a stack trace for each poll of an outage, which
 * {@link dev.kennel.database.monitor.DatabaseMonitor} reports once. Other events are
 * passed on.
 */
final class SchedulerLogFilter extends UnsynchronizedAppenderBase<ILoggingEvent> {

	private static final String SCHEDULER = "com.github.kagkarlsson.scheduler";

	private static final String NAME = "outage filter";

	private final Logger root;

	private SchedulerLogFilter(LoggerContext context) {
		this.root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		setContext(context);
		setName(NAME);
	}

	/** Installs the filter, if events are logged by Logback. */
	static void install() {
		if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
			Logger scheduler = context.getLogger(SCHEDULER);
			if (scheduler.getAppender(NAME) == null) {
				SchedulerLogFilter filter = new SchedulerLogFilter(context);
				filter.start();
				scheduler.addAppender(filter);
				scheduler.setAdditive(false);
			}
		}
	}

	@Override
	protected void append(ILoggingEvent event) {
		if (!(event.getThrowableProxy() instanceof ThrowableProxy failure)
				|| !SqlFailureClassifier.isUnavailable(failure.getThrowable())) {
			this.root.callAppenders(event);
		}
	}

}
