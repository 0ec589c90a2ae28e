package dev.kennel.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.pipeline.StatementListener;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Records what requests ask of the database: the statements, and {@code BEGIN},
 * {@code COMMIT} and {@code ROLLBACK}. What the service does by itself in the background
 * is left out.
 */
public class SqlRecorder
		implements BeanPostProcessor, QueryExecutionListener, MethodExecutionListener, StatementListener {

	private final List<String> statements = new CopyOnWriteArrayList<>();

	private final List<String> ofFeeds = new CopyOnWriteArrayList<>();

	/** Of the pipelined client's statements: whether an event loop has asked for them. */
	private final List<Boolean> onLoops = new CopyOnWriteArrayList<>();

	private volatile @Nullable RuntimeException failure;

	private final AtomicReference<@Nullable Interposition> interposition = new AtomicReference<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return (bean instanceof DataSource dataSource)
				? ProxyDataSourceBuilder.create(dataSource).listener(this).methodListener(this).build() : bean;
	}

	@Override
	public void beforeQuery(@Nullable ExecutionInfo execution, @Nullable List<QueryInfo> queries) {
		if (queries != null) {
			queries.forEach((query) -> record(query.getQuery()));
			RuntimeException toThrow = this.failure;
			if (toThrow != null && MDC.get("requestId") != null) {
				throw toThrow;
			}
		}
	}

	@Override
	public void sending(String sql) {
		record(sql.replaceAll("\\$\\d+", "?"));
		if (MDC.get("requestId") != null) {
			this.onLoops.add(!EventLoops.mayBlock());
		}
		RuntimeException toThrow = this.failure;
		if (toThrow != null && MDC.get("requestId") != null) {
			throw toThrow;
		}
	}

	/** What is interposed may wait, which an event loop must not. */
	@Override
	public <T> CompletableFuture<T> sent(String sql, CompletableFuture<T> rows) {
		Interposition next = next(sql);
		return (next == null) ? rows : rows.thenApplyAsync((answer) -> {
			next.action().run();
			return answer;
		}, Thread::startVirtualThread);
	}

	@Override
	public void afterQuery(@Nullable ExecutionInfo execution, @Nullable List<QueryInfo> queries) {
		if (queries != null) {
			queries.forEach((query) -> interpose(query.getQuery()));
		}
	}

	@Override
	public void beforeMethod(MethodExecutionContext execution) {
		switch (execution.getMethod().getName()) {
			case "setAutoCommit" -> {
				if (Boolean.FALSE.equals(execution.getMethodArgs()[0])) {
					record("BEGIN");
				}
			}
			case "commit" -> record("COMMIT");
			case "rollback" -> record("ROLLBACK");
			default -> {
			}
		}
	}

	@Override
	public void afterMethod(MethodExecutionContext execution) {
		if (execution.getMethod().getName().equals("commit")) {
			interpose("COMMIT");
		}
	}

	private void interpose(String statement) {
		Interposition next = next(statement);
		if (next != null) {
			next.action().run();
		}
	}

	/** What is to be interposed after a statement of this thread, once. */
	private @Nullable Interposition next(String statement) {
		Interposition next = this.interposition.get();
		return (next != null && (next.feed() ? isFeed() : MDC.get("requestId") != null)
				&& statement.contains(next.statement()) && this.interposition.compareAndSet(next, null)) ? next : null;
	}

	/**
	 * Does something in the midst of a request: after the first statement of a kind.
	 * @param <T> what the request answers
	 * @param statement a part of the statement, or {@code COMMIT}
	 * @param action what to do
	 * @param request sends the request
	 * @return its answer
	 * @throws AssertionError if there was no such statement
	 */
	public <T> T interposing(String statement, Runnable action, Supplier<T> request) {
		return interposing(new Interposition(statement, action, false), request);
	}

	/**
	 * Does something while the change feed is read: after the first statement of a kind.
	 * @param <T> what the subscriber answers
	 * @param statement a part of the statement
	 * @param action what to do
	 * @param subscriber follows the feed
	 * @return its answer
	 * @throws AssertionError if there was no such statement
	 */
	public <T> T interposingInFeed(String statement, Runnable action, Supplier<T> subscriber) {
		return interposing(new Interposition(statement, action, true), subscriber);
	}

	private <T> T interposing(Interposition next, Supplier<T> request) {
		this.interposition.set(next);
		T answer = request.get();
		if (this.interposition.getAndSet(null) != null) {
			throw new AssertionError("No statement has " + next.statement());
		}
		return answer;
	}

	private record Interposition(String statement, Runnable action, boolean feed) {
	}

	private void record(String sql) {
		if (MDC.get("requestId") != null) {
			this.statements.add(sql.replaceAll("\\s+", " ").strip());
		}
		else if (isFeed()) {
			this.ofFeeds.add(sql.replaceAll("\\s+", " ").strip());
		}
	}

	private static boolean isFeed() {
		return Thread.currentThread().getName().matches("change-feed-\\d+");
	}

	/**
	 * Answers what the change feed asks of the database.
	 * @param subscriber follows it
	 * @return the statements, in order
	 */
	public List<String> recordFeed(Runnable subscriber) {
		this.ofFeeds.clear();
		subscriber.run();
		return new ArrayList<>(this.ofFeeds);
	}

	/**
	 * Answers what requests ask of the database.
	 * @param requests sends them
	 * @return the statements, in order
	 */
	public List<String> record(Runnable requests) {
		this.statements.clear();
		requests.run();
		return new ArrayList<>(this.statements);
	}

	/**
	 * Answers of each statement of the pipelined client whether it was asked for on an
	 * event loop.
	 * @param requests sends the requests
	 * @return an answer for each statement, in order
	 */
	public List<Boolean> recordLoops(Runnable requests) {
		this.onLoops.clear();
		requests.run();
		return new ArrayList<>(this.onLoops);
	}

	/**
	 * Lets every statement of a request fail.
	 * @param <T> what the request answers
	 * @param exception what the driver throws
	 * @param request sends the request
	 * @return its answer
	 */
	public <T> T failing(RuntimeException exception, Supplier<T> request) {
		this.failure = exception;
		try {
			return request.get();
		}
		finally {
			this.failure = null;
		}
	}

}
