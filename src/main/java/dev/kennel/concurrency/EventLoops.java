package dev.kennel.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of HTTP server and database client. A request whose rows arrive on its
 * own loop needs no other thread. Work that may block is executed elsewhere.
 */
public final class EventLoops implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EventLoops.class);

	private static final long STOP_SECONDS = 5;

	private final VertxInternal vertx;

	private final List<EventLoopWatchdog> watchdogs = new ArrayList<>();

	/** Creates one event loop for each processor. */
	public EventLoops() {
		VertxOptions options = new VertxOptions().setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
			.setWorkerPoolSize(1)
			.setInternalBlockingPoolSize(1)
			.setFileSystemOptions(
					new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
		this.vertx = (VertxInternal) Vertx.vertx(options);
		group().forEach((loop) -> this.watchdogs.add(new EventLoopWatchdog(loop)));
	}

	/**
	 * Returns the Vert.x instance that owns the loops, for clients that are built on it.
	 * @return the instance, of which nothing else is used
	 */
	public VertxInternal vertx() {
		return this.vertx;
	}

	/**
	 * Returns the loops as a Netty group.
	 * @return the group, which is closed with the application
	 */
	public EventLoopGroup group() {
		return this.vertx.nettyEventLoopGroup();
	}

	/**
	 * Returns the event loop of the current thread, on which later work of the thread
	 * continues.
	 * @return the loop, or an executor that executes work on the calling thread if the
	 * current thread is not a loop
	 */
	public Executor current() {
		if (!mayBlock()) {
			for (EventExecutor loop : group()) {
				if (loop.inEventLoop()) {
					return loop;
				}
			}
		}
		return Runnable::run;
	}

	/**
	 * Returns whether the current thread may block.
	 * @return false on an event loop, where blocking would delay every other connection
	 */
	public static boolean mayBlock() {
		return !Context.isOnEventLoopThread();
	}

	/**
	 * Checks that the current thread may block.
	 * @throws IllegalStateException on an event loop
	 */
	public static void requireMayBlock() {
		if (!mayBlock()) {
			throw new IllegalStateException("An event loop must not block");
		}
	}

	@Override
	public void close() {
		this.watchdogs.forEach(EventLoopWatchdog::close);
		try {
			this.vertx.close().toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("The event loops could not be stopped", ex);
		}
	}

}
