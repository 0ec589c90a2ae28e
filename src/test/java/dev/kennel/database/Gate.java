package dev.kennel.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy in front of a database. Shut, it accepts no connection and closes the open
 * ones. Frozen, it transmits nothing and closes nothing.
 */
public final class Gate implements AutoCloseable {

	private final URI database;

	private final int port;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private @Nullable ServerSocket server;

	private volatile CountDownLatch thawed = new CountDownLatch(0);

	/**
	 * Opens a proxy.
	 * @param jdbcUrl the database
	 * @throws IOException if no port can be opened
	 */
	public Gate(String jdbcUrl) throws IOException {
		this.database = URI.create(jdbcUrl.substring("jdbc:".length()));
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.port = this.server.getLocalPort();
		accept(this.server);
	}

	/**
	 * Returns the JDBC URL of the proxy.
	 * @return the database's URL, with the proxy's port
	 */
	public String jdbcUrl() {
		return "jdbc:postgresql://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + this.port
				+ this.database.getPath();
	}

	/**
	 * Accepts connections again.
	 * @throws IOException if the port is taken
	 */
	public void open() throws IOException {
		this.server = new ServerSocket(this.port, 50, InetAddress.getLoopbackAddress());
		accept(this.server);
	}

	private void accept(ServerSocket listening) {
		Thread.ofVirtual().start(() -> {
			try {
				while (true) {
					Socket client = listening.accept();
					Socket backend = new Socket(this.database.getHost(), this.database.getPort());
					this.sockets.add(client);
					this.sockets.add(backend);
					pump(client, backend);
					pump(backend, client);
				}
			}
			catch (IOException ex) {
				// Closed.
			}
		});
	}

	private void pump(Socket from, Socket to) {
		Thread.ofVirtual().start(() -> {
			try (from; to) {
				byte[] buffer = new byte[8192];
				for (int n = from.getInputStream().read(buffer); n >= 0; n = from.getInputStream().read(buffer)) {
					this.thawed.await();
					to.getOutputStream().write(buffer, 0, n);
				}
			}
			catch (IOException | InterruptedException ex) {
				// Closed.
			}
		});
	}

	/** Stops transmission without closing a connection. */
	public void freeze() {
		this.thawed = new CountDownLatch(1);
	}

	/** Resumes transmission. */
	public void thaw() {
		this.thawed.countDown();
	}

	@Override
	public void close() {
		shut();
	}

	/** Closes the port and all connections. */
	public void shut() {
		thaw();
		try {
			if (this.server != null) {
				this.server.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		cutConnections();
	}

	/**
	 * Returns how many connections are open.
	 * @return the number of connections that neither side has closed
	 */
	public long openConnections() {
		return this.sockets.stream().filter((socket) -> !socket.isClosed()).count() / 2;
	}

	/** Closes all connections; the port stays open. */
	public void cutConnections() {
		try {
			// One that is opened meanwhile stays.
			List<Socket> open = List.copyOf(this.sockets);
			for (Socket socket : open) {
				socket.close();
			}
			this.sockets.removeAll(open);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
