package dev.kennel.database.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Properties;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.sql.StatementObserver;

/** Creates pipelined clients outside of a service. */
public final class StoreFixture {

	private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(60);

	private static final PipelineProperties CONNECTIONS = new PipelineProperties(2, 2, 8);

	private StoreFixture() {
	}

	/**
	 * Creates a client that is never closed.
	 * @param url the database, of the role {@code postgres}
	 * @return the client
	 */
	public static PipelinedClient connect(String url) {
		return connect(new EventLoops(), url, STATEMENT_TIMEOUT);
	}

	static PipelinedClient connect(EventLoops loops, String url, Duration statementTimeout) {
		return connect(loops, url, statementTimeout, List.of());
	}

	static PipelinedClient connect(EventLoops loops, String url, Duration statementTimeout,
			List<String> initialStatements) {
		return connect(loops, url, statementTimeout, initialStatements, Duration.ofSeconds(10));
	}

	/**
	 * Creates a client.
	 * @param loops its event loops
	 * @param url the database, of the role {@code postgres}
	 * @param connectionTimeout how long statements wait for a connection
	 * @return the client
	 */
	public static PipelinedClient connectWithin(EventLoops loops, String url, Duration connectionTimeout) {
		return connect(loops, url, STATEMENT_TIMEOUT, List.of(), connectionTimeout);
	}

	private static PipelinedClient connect(EventLoops loops, String url, Duration statementTimeout,
			List<String> initialStatements, Duration connectionTimeout) {
		DatabaseAddress address = DatabaseAddress.of(url, role());
		return new PipelinedClient(loops.vertx(), address, initialStatements, CONNECTIONS,
				ConnectionPolicy.of(address, connectionTimeout), statementTimeout, StatementObserver.NONE);
	}

	/**
	 * Creates a replica.
	 * @param loops its event loops
	 * @param primary the client of the primary
	 * @param url the standby, of the role {@code postgres}
	 * @param maxWait how long a lookup may take
	 * @return the replica
	 */
	public static Replica replica(EventLoops loops, PipelinedClient primary, String url, Duration maxWait) {
		DatabaseAddress address = DatabaseAddress.ofReplica("url", url, role());
		return new Replica(primary, CONNECTIONS, maxWait, (connections, policy) -> new PipelinedClient(loops.vertx(),
				address, List.of(), connections, policy, STATEMENT_TIMEOUT, StatementObserver.NONE));
	}

	private static Properties role() {
		Properties properties = new Properties();
		properties.setProperty("user", "postgres");
		properties.setProperty("password", "");
		return properties;
	}

}
