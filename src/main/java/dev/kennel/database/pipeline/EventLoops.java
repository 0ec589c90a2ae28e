package dev.kennel.database.pipeline;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.Context;
import io.vertx.core.internal.VertxInternal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops on which rows arrive. A server of HTTP that takes the same has its
 * requests answered without another thread.
 */
public final class EventLoops implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(EventLoops.class);

	private static final long STOP_SECONDS = 5;

	private final VertxInternal vertx;

	EventLoops(VertxInternal vertx) {
		this.vertx = vertx;
	}

	VertxInternal vertx() {
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
	public static boolean mayWait() {
		return !Context.isOnEventLoopThread();
	}

	@Override
	public void close() {
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
