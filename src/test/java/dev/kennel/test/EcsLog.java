package dev.kennel.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.logging.logback.StructuredLogEncoder;

/**
 * The lines of a logger in the Elastic Common Schema, as Spring Boot writes them with
 * {@code logging.structured.format.console=ecs}, until it is closed.
 */
public final class EcsLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final StructuredLogEncoder format = new StructuredLogEncoder();

	private final JsonMapper json = new JsonMapper();

	private final List<JsonNode> lines = new CopyOnWriteArrayList<>();

	private final Logger logger;

	/**
	 * Begins with the next line.
	 * @param logger the name of the logger
	 */
	public EcsLog(String logger) {
		this.logger = (Logger) LoggerFactory.getLogger(logger);
		this.format.setContext(this.logger.getLoggerContext());
		this.format.setFormat("ecs");
		this.format.start();
		start();
		this.logger.addAppender(this);
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.lines.add(this.json.readTree(this.format.encode(event)));
	}

	/**
	 * Returns the lines so far.
	 * @return a JSON object for each
	 */
	public List<JsonNode> lines() {
		return List.copyOf(this.lines);
	}

	/**
	 * Returns the line of a request.
	 * @param requestId the id of the request
	 * @return its only line
	 */
	public JsonNode ofRequest(String requestId) {
		List<JsonNode> found = this.lines.stream()
			.filter((line) -> line.at("/http/request/id").asString().equals(requestId))
			.toList();
		if (found.size() != 1) {
			throw new AssertionError(requestId + " has " + found.size() + " lines of " + this.lines);
		}
		return found.getFirst();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this);
		stop();
	}

}
