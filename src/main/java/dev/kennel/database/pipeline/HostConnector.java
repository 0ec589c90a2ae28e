package dev.kennel.database.pipeline;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.kennel.database.DatabaseUnavailableException;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Future;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.impl.PgConnectionFactory;
import io.vertx.pgclient.impl.PgConnectionImpl;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.impl.SocketConnectionBase;

/** Makes connections, to the first host that has what is wanted. */
final class HostConnector {

	/** As the driver's {@code connectTimeout}, with something for what follows. */
	private static final int CONNECT_SECONDS = 3;

	/** So many flushes of a loop's turn are one. */
	private static final int FLUSHES = 256;

	private final DatabaseAddress address;

	/** What is run first on each connection. */
	private final String initialSql;

	private final PgConnectionFactory factory;

	private final int pipelining;

	HostConnector(DatabaseAddress address, List<String> initialStatements, ContextInternal context, int pipelining) {
		this.address = address;
		this.initialSql = String.join(";", initialStatements);
		this.pipelining = pipelining;
		this.factory = new PgConnectionFactory(context.owner(), new NetClientOptions().setTcpKeepAlive(true)
			.setConnectTimeout(Math.toIntExact(TimeUnit.SECONDS.toMillis(CONNECT_SECONDS))));
	}

	/**
	 * Connects, and waits for that.
	 * @param context the event loop of the connection
	 * @return the connection
	 * @throws DatabaseUnavailableException if there is none
	 */
	PgConnectionImpl connect(ContextInternal context) throws InterruptedException {
		DatabaseUnavailableException failure = new DatabaseUnavailableException("No connection to PostgreSQL", null);
		for (PgConnectOptions host : this.address.hosts()) {
			Future<PgConnectionImpl> connecting = connect(context, new PgConnectOptions(host)
				.setPipeliningLimit(Math.min(this.pipelining, host.getPipeliningLimit())));
			try {
				return connecting.toCompletionStage().toCompletableFuture().get(2L * CONNECT_SECONDS, TimeUnit.SECONDS);
			}
			catch (ExecutionException | TimeoutException ex) {
				failure.addSuppressed((ex instanceof ExecutionException) ? new CompletionException(ex.getCause()) : ex);
				// One that comes too late is not used.
				connecting.onSuccess(PgConnectionImpl::close);
			}
		}
		throw failure;
	}

	private Future<PgConnectionImpl> connect(ContextInternal context, PgConnectOptions options) {
		return this.factory.connect(context, options).map((connection) -> {
			PgConnectionImpl made = new PgConnectionImpl(this.factory, context, connection);
			connection.init(made);
			ChannelPipeline pipeline = ((SocketConnectionBase) connection).socket().channelHandlerContext().pipeline();
			// Each statement is flushed; what other threads have asked for at the same
			// time is sent with one call.
			pipeline.addFirst(new FlushConsolidationHandler(FLUSHES, true));
			return made;
		})
			.compose((made) -> this.address.primary() ? requirePrimary(made) : Future.succeededFuture(made))
			.compose(this::initialize);
	}

	private Future<PgConnectionImpl> initialize(PgConnectionImpl made) {
		if (this.initialSql.isEmpty()) {
			return Future.succeededFuture(made);
		}
		return made.query(this.initialSql).execute().map(made).onFailure((failure) -> made.close());
	}

	private static Future<PgConnectionImpl> requirePrimary(PgConnectionImpl made) {
		return made.query("SHOW transaction_read_only").execute().compose((RowSet<Row> rows) -> {
			if ("off".equals(rows.iterator().next().getString(0))) {
				return Future.succeededFuture(made);
			}
			made.close();
			return Future.failedFuture("This is not the primary");
		});
	}

}
