package dev.kennel.database.pipeline;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.kennel.database.sql.DatabaseUnavailableException;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.impl.PgConnectionFactory;
import io.vertx.pgclient.impl.PgConnectionImpl;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.impl.SocketConnectionBase;

/**
 * Opens connections, to the first host that can be reached and passes the check of the
 * policy. The pool of Vert.x tries several hosts only in turns, and without a check.
 */
final class HostConnector {

	/**
	 * The timeout of a TCP connection, as the driver's {@code connectTimeout}. The
	 * handshake may take as long again.
	 */
	private static final int CONNECT_SECONDS = 3;

	/**
	 * The maximum number of flushes in an iteration of the event loop that are
	 * consolidated into one.
	 */
	private static final int FLUSHES = 256;

	private final DatabaseAddress address;

	/** Executed first on each connection. */
	private final String initialSql;

	private final ConnectionPolicy policy;

	private final PgConnectionFactory factory;

	private final int pipelining;

	/**
	 * Hosts that have refused TLS, where it is preferred and not required. After a
	 * refusal, the client leaves that connection open, and PostgreSQL waits for a startup
	 * packet for a minute, also while it shuts down.
	 */
	private final Set<SocketAddress> hostsWithoutTls = ConcurrentHashMap.newKeySet();

	HostConnector(DatabaseAddress address, List<String> initialStatements, ContextInternal context, int pipelining,
			ConnectionPolicy policy) {
		this.policy = policy;
		this.address = address;
		this.initialSql = String.join(";", initialStatements);
		this.pipelining = pipelining;
		// A handshake without a response closes its connection.
		this.factory = new PgConnectionFactory(context.owner(),
				new NetClientOptions().setTcpKeepAlive(true)
					.setConnectTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(CONNECT_SECONDS)))
					.setIdleTimeoutUnit(TimeUnit.SECONDS)
					.setIdleTimeout(2 * CONNECT_SECONDS));
	}

	/**
	 * Opens a connection, and waits for it.
	 * @param context the event loop of the connection
	 * @return the connection
	 * @throws DatabaseUnavailableException if no host can be connected to
	 */
	PgConnectionImpl connect(ContextInternal context) throws InterruptedException {
		DatabaseUnavailableException failure = new DatabaseUnavailableException("No connection to PostgreSQL", null);
		for (PgConnectOptions host : this.address.hosts()) {
			PgConnectOptions options = DatabaseAddress.copy(host)
				.setPipeliningLimit(Math.min(this.pipelining, host.getPipeliningLimit()));
			if (host.getSslMode() == SslMode.PREFER && this.hostsWithoutTls.contains(host.getSocketAddress())) {
				options.setSslMode(SslMode.DISABLE);
			}
			Future<PgConnectionImpl> connecting = connect(context, options);
			try {
				return connecting.toCompletionStage().toCompletableFuture().get(2L * CONNECT_SECONDS, TimeUnit.SECONDS);
			}
			catch (ExecutionException | TimeoutException ex) {
				if (isRefused(ex)) {
					this.hostsWithoutTls.remove(host.getSocketAddress());
				}
				failure.addSuppressed((ex instanceof ExecutionException) ? new CompletionException(ex.getCause()) : ex);
				// A connection that is established too late is closed.
				connecting.onSuccess(PgConnectionImpl::close);
			}
			catch (InterruptedException ex) {
				connecting.onSuccess(PgConnectionImpl::close);
				throw ex;
			}
		}
		throw failure;
	}

	/** Returns whether the host requires TLS by now, or does not accept the role. */
	private static boolean isRefused(Exception failure) {
		return failure.getCause() instanceof PgException refusal && refusal.getSqlState().startsWith("28");
	}

	private Future<PgConnectionImpl> connect(ContextInternal context, PgConnectOptions options) {
		return this.factory.connect(context, options).map((socketConnection) -> {
			PgConnectionImpl connection = new PgConnectionImpl(this.factory, context, socketConnection);
			socketConnection.init(connection);
			if (options.getSslMode() == SslMode.PREFER && !connection.isSSL()) {
				this.hostsWithoutTls.add(options.getSocketAddress());
			}
			ChannelPipeline pipeline = ((SocketConnectionBase) socketConnection).socket()
				.channelHandlerContext()
				.pipeline();
			// It may be idle from now on.
			pipeline.remove(IdleStateHandler.class);
			// Each statement is flushed; concurrent statements of other threads are sent
			// with one system call.
			pipeline.addFirst(new FlushConsolidationHandler(FLUSHES, true));
			return connection;
		}).compose((connection) -> this.policy.check().apply(connection)).compose(this::initialize);
	}

	private Future<PgConnectionImpl> initialize(PgConnectionImpl connection) {
		if (this.initialSql.isEmpty()) {
			return Future.succeededFuture(connection);
		}
		return connection.query(this.initialSql).execute().map(connection).onFailure((failure) -> connection.close());
	}

	static Future<PgConnectionImpl> requirePrimary(PgConnectionImpl connection) {
		return connection.query("SHOW transaction_read_only").execute().compose((RowSet<Row> rows) -> {
			if ("off".equals(rows.iterator().next().getString(0))) {
				return Future.succeededFuture(connection);
			}
			connection.close();
			return Future.failedFuture("This is not the primary");
		});
	}

}
