package dev.kennel.server.connection;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.kennel.server.limit.KennelServerProperties;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2FrameCodec;
import org.jspecify.annotations.Nullable;

/**
 * The state of a connection and its timeouts. The event loop of the connection changes
 * the phase; the thread of the {@link ConnectionRegistry} decides by it whether the
 * connection is overdue, and what its eviction costs.
 */
final class ConnectionState {

	/** The time during which a new connection is protected from eviction. */
	private static final long NEW_CONNECTION_GRACE = TimeUnit.SECONDS.toNanos(1);

	/**
	 * The time during which input is swallowed before closing after malformed HTTP.
	 */
	private static final long LINGER = TimeUnit.SECONDS.toNanos(2);

	private final Channel channel;

	private volatile @Nullable Http2FrameCodec http2;

	private volatile Phase phase = Phase.NEW;

	private volatile long since = System.nanoTime();

	private volatile boolean authenticated;

	/** The send timeout of a WebSocket in nanoseconds; 0 for the server's default. */
	private volatile long sendTimeout;

	private volatile long swallowedBytes;

	private volatile boolean bodyPending;

	/** Whether the input is not HTTP any more. */
	private volatile boolean undecodable;

	/** Confined to the thread of the registry, like the fields below. */
	private long lastOpenStream = this.since;

	private long lastPendingBytes;

	private long stalledSince;

	/** What a connection is used for at the moment. */
	enum Phase {

		/** No complete request headers have been received yet. */
		NEW,

		/** The response has been sent before the body has arrived completely. */
		SWALLOWING,

		/** A WebSocket. */
		WEB_SOCKET,

		/** A request is being received or executed. */
		BUSY,

		/** No request is in progress, or requests are in HTTP/2 streams. */
		IDLE,

		/** The headers of a further request are being received. */
		HEADERS,

		/** The connection is being closed, after the client has read the response. */
		LINGERING

	}

	ConnectionState(Channel channel) {
		this.channel = channel;
	}

	Phase phase() {
		return this.phase;
	}

	/** Returns the {@link System#nanoTime()} from which the timeout of the phase runs. */
	long since() {
		return this.since;
	}

	boolean is(Phase expected) {
		return this.phase == expected;
	}

	/** Enters a phase, possibly the same one anew, so that its timeout restarts. */
	void enter(Phase next) {
		this.since = System.nanoTime();
		this.phase = next;
	}

	/** Restarts the timeout of the phase. */
	void touch() {
		this.since = System.nanoTime();
	}

	/** Sets the negotiated codec of HTTP/2, or null for HTTP/1. */
	void setHttp2Codec(@Nullable Http2FrameCodec codec) {
		this.http2 = codec;
	}

	boolean isHttp2() {
		return this.http2 != null;
	}

	/** Called when the headers of a request are complete. */
	void requestReceived(boolean pipelined) {
		this.bodyPending = true;
		if (!pipelined) {
			enter(Phase.BUSY);
		}
	}

	/** Called when the body of a request is complete. */
	void bodyReceived() {
		this.bodyPending = false;
		if (this.phase == Phase.SWALLOWING) {
			enter(Phase.IDLE);
		}
	}

	/** Called when no request is without a complete response any more. */
	void responsesSent() {
		if (this.phase == Phase.BUSY) {
			this.swallowedBytes = 0;
			enter(this.bodyPending ? Phase.SWALLOWING : Phase.IDLE);
		}
	}

	/**
	 * Switches to a WebSocket.
	 * @param timeout its send timeout
	 */
	void upgradeToWebSocket(Duration timeout) {
		this.sendTimeout = timeout.toNanos();
		// Further input is not HTTP, and is swallowed only briefly when the connection is
		// closed.
		this.undecodable = true;
		enter(Phase.WEB_SOCKET);
	}

	/** Called when a {@link LingeringClose} begins. */
	void startLingering() {
		this.swallowedBytes = 0;
		enter(Phase.LINGERING);
	}

	void markAuthenticated() {
		this.authenticated = true;
	}

	void markUndecodable() {
		this.undecodable = true;
	}

	/** Counts input that is swallowed. */
	void swallow(Object message) {
		if (message instanceof ByteBufHolder holder) {
			long before = this.swallowedBytes;
			this.swallowedBytes = before + holder.content().readableBytes();
		}
	}

	/** Returns whether the next input is the headers of an HTTP/1 request. */
	boolean isReadingHeaders() {
		return this.phase != Phase.WEB_SOCKET && !this.bodyPending && this.http2 == null;
	}

	/** Returns whether the client may still be sending input that is not read. */
	boolean mayHaveUnreadInput() {
		return this.http2 == null && switch (this.phase) {
			case BUSY, SWALLOWING -> this.bodyPending;
			case WEB_SOCKET -> true;
			default -> false;
		};
	}

	/** Returns the number of open HTTP/2 streams. */
	int streams() {
		Http2FrameCodec codec = this.http2;
		return (codec != null) ? codec.connection().numActiveStreams() : 0;
	}

	/**
	 * Returns the weight of the connection: each HTTP/2 stream counts as one connection.
	 */
	int weight() {
		return Math.max(1, streams());
	}

	/** Returns the number of bytes that are written and not flushed to the socket. */
	long pendingBytes() {
		ChannelOutboundBuffer buffer = this.channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() : 0;
	}

	/**
	 * Returns whether the connection has exceeded a timeout or a limit.
	 * @param now the current time
	 * @param limits the timeouts and limits
	 * @param bodyTimeoutNanos the time that a body may take
	 */
	boolean isOverdue(long now, KennelServerProperties limits, long bodyTimeoutNanos) {
		if (stalledNanos(now) > ((this.sendTimeout > 0) ? this.sendTimeout : limits.sendTimeout().toNanos())) {
			return true;
		}
		if (streams() > 0) {
			// Each stream has its own timeouts for body and response.
			this.lastOpenStream = now;
			return false;
		}
		long age = now - Math.max(this.since, this.lastOpenStream);
		return switch (this.phase) {
			case NEW, HEADERS -> age > limits.headerTimeout().toNanos();
			case IDLE -> age > limits.idleTimeout().toNanos();
			case SWALLOWING -> age > bodyTimeoutNanos || this.swallowedBytes > limits.maxSwallowSize().toBytes();
			case LINGERING -> age > (this.undecodable ? LINGER : bodyTimeoutNanos)
					|| this.swallowedBytes > limits.maxSwallowSize().toBytes();
			case BUSY, WEB_SOCKET -> false;
		};
	}

	/** Returns the time since the client last read pending data, in nanoseconds. */
	private long stalledNanos(long now) {
		long pending = pendingBytes();
		if (this.lastPendingBytes == 0 || pending < this.lastPendingBytes) {
			this.stalledSince = now;
		}
		this.lastPendingBytes = pending;
		return (pending > 0) ? now - this.stalledSince : 0;
	}

	/**
	 * Returns the cost of evicting the connection; the cheapest is evicted first. A new
	 * connection is protected for a moment, as it is about to send a request.
	 * @param now the current time
	 */
	int evictionCost(long now) {
		int base = switch (this.phase) {
			case LINGERING -> 0;
			case NEW, HEADERS -> (now - this.since < NEW_CONNECTION_GRACE) ? 3 : 1;
			case SWALLOWING -> 1;
			case WEB_SOCKET, IDLE -> (streams() > 0) ? 3 : 2;
			case BUSY -> this.bodyPending ? 3 : 5;
		};
		return base + (this.authenticated ? 2 : 0);
	}

}
