package dev.kennel.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops on which requests and rows arrive: a request whose rows arrive on its
 * own loop is answered without another thread. Whatever may block leaves the loop.
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
	 * Returns what has made the loops, for clients that are built on it.
	 * @return Vert.x, of which nothing else is used
	 */
	public VertxInternal vertx() {
		return this.vertx;
	}

	/**
	 * Returns the loops.
	 * @return Netty's group, which is closed with the application
	 */
	public EventLoopGroup group() {
		return this.vertx.nettyEventLoopGroup();
	}

	/**
	 * Returns whether this thread may wait.
	 * @return false on an event loop, which would keep all that it serves waiting
	 */
	public static boolean mayBlock() {
		return !Context.isOnEventLoopThread();
	}

	/**
	 * Makes sure that this thread may wait.
	 * @throws IllegalStateException on an event loop
	 */
	public static void requireMayBlock() {
		if (!mayBlock()) {
			throw new IllegalStateException("An event loop can't wait for the store");
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
