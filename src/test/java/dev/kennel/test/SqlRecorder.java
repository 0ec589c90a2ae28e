package dev.kennel.test;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.kennel.concurrency.EventLoops;
import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.server.HttpExchange;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Records the statements of requests, and {@code BEGIN}, {@code COMMIT} and {@code
 * ROLLBACK}. Statements of background tasks are left out.
 */
public class SqlRecorder implements BeanPostProcessor, QueryExecutionListener, MethodExecutionListener {

	private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

	/**
	 * The statements of all services of this JVM, requests and background tasks, each
	 * once.
	 */
	private static final Set<String> ALL = ConcurrentHashMap.newKeySet();

	private final List<String> statements = new CopyOnWriteArrayList<>();

	private final List<String> feedStatements = new CopyOnWriteArrayList<>();

	/**
	 * For each statement of the pipelined client, whether it was sent on an event loop.
	 */
	private final List<Boolean> onEventLoops = new CopyOnWriteArrayList<>();

	private volatile List<String> callers = List.of();

	private volatile @Nullable Throwable failure;

	private final AtomicReference<@Nullable Interposition> interposition = new AtomicReference<>();

	@Override
	public Object postProcessAfterInitialization(Object bean, String name) {
		return switch (bean) {
			case DataSource dataSource ->
				ProxyDataSourceBuilder.create(dataSource).listener(this).methodListener(this).build();
			case PipelinedClient client -> proxy(client);
			default -> bean;
		};
	}

	private Object proxy(PipelinedClient client) {
		ProxyFactory factory = new ProxyFactory(client);
		factory.setProxyTargetClass(true);
		factory.addAdvice((MethodInterceptor) (call) -> call.getMethod().getName().equals("query") ? query(call)
				: call.proceed());
		return factory.getProxy();
	}

	private @Nullable Object query(MethodInvocation call) throws Throwable {
		String sql = String.valueOf(call.getArguments()[2]);
		sending(sql);
		return (call.proceed() instanceof CompletableFuture<?> rows) ? sent(sql, rows) : null;
	}

	@Override
	public void beforeQuery(@Nullable ExecutionInfo execution, @Nullable List<QueryInfo> queries) {
		if (queries != null) {
			queries.forEach((query) -> {
				record(query.getQuery());
				recordOfService(query.getQuery());
			});
			failIfRequested();
		}
	}

	private void sending(String sql) {
		String statement = sql.replaceAll("\\$\\d+", "?");
		record(statement);
		ALL.add(normalize(statement));
		if (MDC.get(HttpExchange.REQUEST_ID_KEY) != null) {
			this.callers = currentCallers();
			this.onEventLoops.add(!EventLoops.mayBlock());
		}
		failIfRequested();
	}

	private void failIfRequested() {
		if (MDC.get(HttpExchange.REQUEST_ID_KEY) == null) {
			return;
		}
		switch (this.failure) {
			case RuntimeException ex -> throw ex;
			case Error ex -> throw ex;
			case null, default -> {
			}
		}
	}

	/** An interposed action may block, which an event loop must not. */
	private <T> CompletableFuture<T> sent(String sql, CompletableFuture<T> rows) {
		Interposition next = next(sql);
		return (next == null) ? rows : rows.thenApplyAsync((result) -> {
			next.action().run();
			return result;
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

	/**
	 * Returns the action to interpose after a statement of this thread, once, or null.
	 */
	private @Nullable Interposition next(String statement) {
		Interposition next = this.interposition.get();
		return (next != null && (next.feed() ? isFeed() : MDC.get(HttpExchange.REQUEST_ID_KEY) != null)
				&& statement.contains(next.statement()) && this.interposition.compareAndSet(next, null)) ? next : null;
	}

	/**
	 * Executes an action in the middle of a request, after the first matching statement.
	 * @param <T> the type of the response
	 * @param statement a part of the statement, or {@code COMMIT}
	 * @param action the action
	 * @param request sends the request
	 * @return the response
	 * @throws AssertionError if no statement matched
	 */
	public <T> T interposing(String statement, Runnable action, Supplier<T> request) {
		return interposing(new Interposition(statement, action, false), request);
	}

	/**
	 * Executes an action while the change feed is read, after the first matching
	 * statement.
	 * @param <T> the type of the result
	 * @param statement a part of the statement
	 * @param action the action
	 * @param subscriber follows the feed
	 * @return the result of the subscriber
	 * @throws AssertionError if no statement matched
	 */
	public <T> T interposingInFeed(String statement, Runnable action, Supplier<T> subscriber) {
		return interposing(new Interposition(statement, action, true), subscriber);
	}

	private <T> T interposing(Interposition next, Supplier<T> request) {
		this.interposition.set(next);
		T result = request.get();
		if (this.interposition.getAndSet(null) != null) {
			throw new AssertionError("No statement has " + next.statement());
		}
		return result;
	}

	private record Interposition(String statement, Runnable action, boolean feed) {
	}

	private void record(String sql) {
		if (MDC.get(HttpExchange.REQUEST_ID_KEY) != null) {
			this.statements.add(normalize(sql));
		}
		else if (isFeed()) {
			this.feedStatements.add(normalize(sql));
		}
	}

	private static String normalize(String sql) {
		return sql.replaceAll("\\s+", " ").strip();
	}

	/** Statements that a test sends itself are left out. */
	private static void recordOfService(String sql) {
		String statement = normalize(sql);
		if (ALL.contains(statement)) {
			return;
		}
		boolean ofTest = STACK.walk((frames) -> frames.map(StackWalker.StackFrame::getDeclaringClass)
			.filter((type) -> type.getName().startsWith("dev.kennel.") && type != SqlRecorder.class)
			.map((type) -> type.getProtectionDomain().getCodeSource())
			// Proxies have none.
			.filter(Objects::nonNull)
			.findFirst()
			.map((source) -> source.getLocation().getPath().contains("test-classes"))
			.orElse(false));
		if (!ofTest) {
			ALL.add(statement);
		}
	}

	/**
	 * Returns the statements that the services of this JVM have sent by now, requests and
	 * background tasks.
	 * @return the statements, each once
	 */
	public static Set<String> all() {
		return Set.copyOf(ALL);
	}

	private static boolean isFeed() {
		return Thread.currentThread().getName().matches("change-feed-\\d+");
	}

	/**
	 * Records the statements of the change feed.
	 * @param subscriber follows the feed
	 * @return the statements, in order
	 */
	public List<String> recordFeed(Runnable subscriber) {
		this.feedStatements.clear();
		subscriber.run();
		return new ArrayList<>(this.feedStatements);
	}

	/**
	 * Records the statements of requests.
	 * @param requests sends the requests
	 * @return the statements, in order
	 */
	public List<String> record(Runnable requests) {
		this.statements.clear();
		requests.run();
		return new ArrayList<>(this.statements);
	}

	/**
	 * Records for each statement of the pipelined client whether it was sent on an event
	 * loop.
	 * @param requests sends the requests
	 * @return a value for each statement, in order
	 */
	public List<Boolean> recordLoops(Runnable requests) {
		this.onEventLoops.clear();
		requests.run();
		return new ArrayList<>(this.onEventLoops);
	}

	/**
	 * Makes every statement of a request fail.
	 * @param <T> the type of the response
	 * @param exception the exception of the driver
	 * @param request sends the request
	 * @return the response
	 */
	public <T> T failing(Throwable exception, Supplier<T> request) {
		this.failure = exception;
		try {
			return request.get();
		}
		finally {
			this.failure = null;
		}
	}

	/** The classes of Kennel on the stack, outermost first, each once. */
	private static List<String> currentCallers() {
		List<String> classes = StackWalker.getInstance()
			.walk((frames) -> frames.map(StackWalker.StackFrame::getClassName)
				.filter((name) -> name.startsWith("dev.kennel.") && !name.startsWith("dev.kennel.test."))
				.map((name) -> name.substring(name.lastIndexOf('.') + 1).replaceAll("\\$.*", ""))
				.toList());
		return List.copyOf(new LinkedHashSet<>(classes.reversed()));
	}

	/**
	 * Returns the path of a request to the pipelined client.
	 * @param request sends a request with one statement
	 * @return the simple names of Kennel's classes on the stack, outermost first, each
	 * once
	 */
	public List<String> callers(Runnable request) {
		this.callers = List.of();
		request.run();
		return this.callers;
	}

}
