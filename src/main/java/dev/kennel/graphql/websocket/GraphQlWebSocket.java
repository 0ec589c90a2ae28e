package dev.kennel.graphql.websocket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import dev.kennel.engine.incremental.IncrementalFormat;
import dev.kennel.error.ErrorReason;
import dev.kennel.graphql.http.BadRequestException;
import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.graphql.stream.OpenStream;
import dev.kennel.graphql.stream.StreamEnd;
import dev.kennel.graphql.stream.StreamProperties;
import dev.kennel.graphql.stream.StreamRefusedException;
import dev.kennel.graphql.stream.StreamRegistry;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.RequestAuthenticator;
import dev.kennel.server.limit.MemoryPermits;
import org.jspecify.annotations.Nullable;

/**
 * The server side of a {@code graphql-transport-ws} connection: its state, from the
 * handshake and its acknowledgement to the close. A protocol violation closes the
 * connection. {@link ConcurrentOperations} executes what the client subscribes to, and
 * {@link OutgoingMessages} bounds the memory for a client that does not read.
 *
 * @see <a href= "https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md">GraphQL
 * over WebSocket</a>
 */
final class GraphQlWebSocket {

	/** The required subprotocol. */
	static final String PROTOCOL = "graphql-transport-ws";

	private static final String AUTHORIZATION = "authorization";

	/**
	 * The send timeouts within which a client has to read a whole message.
	 */
	private static final int MESSAGE_AGE_FACTOR = 6;

	private final Environment environment;

	/**
	 * The time within which a message has to be sent completely, however slowly the
	 * client reads.
	 */
	private final Duration maxMessageAge;

	private final WebSocketHandshake handshake;

	private final OutgoingMessages outgoing;

	/**
	 * Guards the state. Not held while operations are started or cancelled, which have a
	 * lock of their own.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private boolean initialized;

	/** The stream of the connection before its caller is known. */
	private @Nullable OpenStream unauthenticatedStream;

	/** The operations of the connection, or null before it is acknowledged. */
	private volatile @Nullable ConcurrentOperations operations;

	private @Nullable Future<?> initTimeout;

	private @Nullable Future<?> heartbeat;

	GraphQlWebSocket(Environment environment, WebSocketHandshake handshake, WebSocketPeer peer) {
		this.environment = environment;
		this.maxMessageAge = environment.properties().sendTimeout().multipliedBy(MESSAGE_AGE_FACTOR);
		this.handshake = handshake;
		int maxUnsentSize = (int) Math.min(Integer.MAX_VALUE, environment.properties().maxUnsentSize().toBytes());
		this.outgoing = new OutgoingMessages(peer, maxUnsentSize, environment.memory(), System::nanoTime,
				this::stopOperationsSoon);
	}

	/**
	 * The dependencies that all WebSockets of an instance share.
	 *
	 * @param threads runs each task on a separate thread
	 * @param memory bounds the memory of all unsent messages
	 */
	record Environment(ConcurrentOperations.OperationRunner runner, StreamRegistry streams,
			RequestAuthenticator authenticator, StreamProperties properties, ScheduledExecutorService timer,
			Executor threads, MemoryPermits memory) {
	}

	/**
	 * Opens the connection and starts the timeout of {@code connection_init}.
	 */
	void open() {
		this.lock.lock();
		try {
			if (!PROTOCOL.equals(this.handshake.subprotocol())) {
				this.outgoing.close(CloseReason.SUBPROTOCOL_NOT_ACCEPTABLE);
				return;
			}
			this.unauthenticatedStream = this.environment.streams().openUnauthenticated(this::end);
			this.initTimeout = this.environment.timer()
				.schedule(this::closeUnlessInitialized,
						this.environment.properties().connectionInitTimeout().toMillis(), TimeUnit.MILLISECONDS);
			long interval = this.environment.properties().heartbeat().toMillis();
			this.heartbeat = this.environment.timer()
				.scheduleWithFixedDelay(this::sendHeartbeat, interval, interval, TimeUnit.MILLISECONDS);
		}
		catch (StreamRefusedException ex) {
			end(ex.reason());
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end(StreamEnd reason) {
		close(reason.closeReason());
	}

	private void closeUnlessInitialized() {
		this.lock.lock();
		try {
			if (!this.initialized) {
				close(CloseReason.INITIALIZATION_TIMEOUT);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void close(CloseReason reason) {
		this.outgoing.close(reason);
		stopOperationsSoon();
	}

	/**
	 * On another thread, since the caller may hold the lock: stopping an operation may
	 * block.
	 */
	private void stopOperationsSoon() {
		this.environment.threads().execute(this::stopOperations);
	}

	private void stopOperations() {
		ConcurrentOperations acknowledged = this.operations;
		if (acknowledged != null) {
			acknowledged.cancelAll();
		}
	}

	/**
	 * Handles a message of the client. Does not block, and is called for one message at a
	 * time.
	 * @param text the message
	 */
	void receive(String text) {
		if (this.outgoing.isClosing()) {
			return;
		}
		ClientMessage message;
		try {
			message = ClientMessage.parse(text);
		}
		catch (BadRequestException ex) {
			close(CloseReason.invalidMessage(ex.getMessage()));
			return;
		}
		switch (message) {
			case ClientMessage.ConnectionInit init -> initialize(init.payload());
			case ClientMessage.Ping ping -> this.outgoing.add(ServerMessage.PONG);
			case ClientMessage.Pong pong -> {
			}
			case ClientMessage.Subscribe subscribe -> subscribe(subscribe, text);
			case ClientMessage.Complete complete -> complete(complete.id());
		}
	}

	private void initialize(Map<?, ?> payload) {
		boolean first;
		this.lock.lock();
		try {
			if (this.outgoing.isClosing()) {
				return;
			}
			first = !this.initialized;
			if (first) {
				this.initialized = true;
				cancel(this.initTimeout);
				acknowledge(payload);
			}
		}
		catch (StreamRefusedException ex) {
			end(ex.reason());
			return;
		}
		finally {
			this.lock.unlock();
		}
		if (!first) {
			close(CloseReason.TOO_MANY_INITIALIZATIONS);
		}
	}

	/** Requires the lock. */
	private void acknowledge(Map<?, ?> payload) {
		CallerAuthentication authentication = authentication(payload);
		Caller caller = authentication.caller();
		if (caller == null) {
			end(StreamEnd.of(authentication.refusal()));
			return;
		}
		IncrementalFormat format = format(payload);
		this.operations = new ConcurrentOperations(this.environment, this.handshake, this.outgoing,
				this.environment.streams().open(caller, this::end), format);
		if (this.unauthenticatedStream != null) {
			this.environment.streams().close(this.unauthenticatedStream);
			this.unauthenticatedStream = null;
		}
		this.outgoing.add(ServerMessage.CONNECTION_ACK);
	}

	/**
	 * Member names are case-insensitive, like header names: each match is one header
	 * line.
	 */
	private CallerAuthentication authentication(Map<?, ?> payload) {
		List<String> values = new ArrayList<>();
		for (Map.Entry<?, ?> member : payload.entrySet()) {
			if (AUTHORIZATION.equalsIgnoreCase(String.valueOf(member.getKey())) && member.getValue() != null) {
				if (!(member.getValue() instanceof String value)) {
					return CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
				}
				values.add(value);
			}
		}
		CallerAuthentication authentication = this.environment.authenticator().verify(values);
		if (authentication == null) {
			authentication = this.handshake.authentication();
		}
		return (authentication != null) ? authentication : CallerAuthentication.refused(ErrorReason.TOKEN_MISSING);
	}

	private static @Nullable IncrementalFormat format(Map<?, ?> payload) {
		for (Map.Entry<?, ?> member : payload.entrySet()) {
			IncrementalFormat found = IncrementalFormat.find(String.valueOf(member.getKey()), member.getValue());
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	private void sendHeartbeat() {
		this.outgoing.abortIfOlderThan(this.maxMessageAge);
		// A message that is being sent replaces the heartbeat.
		if (isAcknowledged() && this.outgoing.isIdle()) {
			this.outgoing.add(ServerMessage.PING);
		}
	}

	/** With the lock, so that no heartbeat overtakes the acknowledgement. */
	private boolean isAcknowledged() {
		this.lock.lock();
		try {
			return this.operations != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void subscribe(ClientMessage.Subscribe message, String text) {
		ConcurrentOperations acknowledged = this.operations;
		if (acknowledged == null) {
			close(CloseReason.UNAUTHORIZED);
		}
		else if (!acknowledged.subscribe(message, text)) {
			close(CloseReason.subscriberExists(message.id()));
		}
	}

	private void complete(String id) {
		ConcurrentOperations acknowledged = this.operations;
		if (acknowledged != null) {
			acknowledged.cancel(id);
		}
	}

	/** Called when the connection is closed by either side, or lost. */
	void closed() {
		this.outgoing.end();
		OpenStream unauthenticated;
		ConcurrentOperations acknowledged;
		this.lock.lock();
		try {
			unauthenticated = this.unauthenticatedStream;
			acknowledged = this.operations;
			cancel(this.initTimeout);
			cancel(this.heartbeat);
		}
		finally {
			this.lock.unlock();
		}
		stopOperations();
		if (unauthenticated != null) {
			this.environment.streams().close(unauthenticated);
		}
		if (acknowledged != null) {
			this.environment.streams().close(acknowledged.stream());
		}
	}

	private static void cancel(@Nullable Future<?> task) {
		if (task != null) {
			task.cancel(false);
		}
	}

}
