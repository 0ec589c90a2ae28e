package dev.kennel.audit;

import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Records the security events, and all other lines of the log, until it is closed. */
public final class SecurityLogRecorder implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger(SecurityLog.LOGGER);

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final ListAppender<ILoggingEvent> events = new ListAppender<>();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	public SecurityLogRecorder() {
		this.events.start();
		this.lines.start();
		this.logger.addAppender(this.events);
		this.root.addAppender(this.lines);
	}

	/** Returns the security events of all clients. */
	public List<ILoggingEvent> events() {
		return List.of(this.events.list.toArray(ILoggingEvent[]::new));
	}

	/**
	 * Returns the security events of requests from an address, without the address and
	 * the ids of the requests.
	 */
	public List<String> events(String address) {
		return events().stream()
			.map(ILoggingEvent::getFormattedMessage)
			.filter((event) -> event.contains(" address=" + address + " request="))
			.map((event) -> event.replaceFirst(" address=\\S+ request=[0-9a-f-]{36}", ""))
			.toList();
	}

	/** Forgets the security events so far. */
	public void clear() {
		this.events.list.clear();
	}

	/** Asserts that no line, of any level and logger, has one of the secrets. */
	public void assertOmits(List<String> secrets) {
		assertThat(Stream.of(this.lines.list.toArray(ILoggingEvent[]::new))
			.filter((line) -> !line.getLoggerName().startsWith("com.icegreen"))
			.map((line) -> line.getFormattedMessage() + line.getKeyValuePairs())).isNotEmpty()
			.allSatisfy((line) -> assertThat(line).doesNotContain(secrets));
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.events);
		this.root.detachAppender(this.lines);
	}

}
