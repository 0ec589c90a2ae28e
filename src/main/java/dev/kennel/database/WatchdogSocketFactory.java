package dev.kennel.database;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;

import javax.net.SocketFactory;

import dev.kennel.concurrency.Watchdog;
import org.jspecify.annotations.Nullable;

/**
 * Creates the sockets of database connections, whose read timeouts are enforced by a
 * {@link Watchdog}: with a timeout of the socket, each read of a virtual thread would
 * wake a timer thread. A connection whose timeout has expired is closed, since it is
 * unknown which statement the next response belongs to.
 *
 * <p>
 * The driver loads this class by its name, and connects the sockets itself.
 *
 * @see <a href="https://jdbc.postgresql.org/documentation/use/">The PostgreSQL JDBC
 * Driver's {@code socketFactory}</a>
 */
public final class WatchdogSocketFactory extends SocketFactory {

	/**
	 * A shorter timeout is set on the socket itself: the driver polls for pending data
	 * with it.
	 */
	private static final Duration MIN_WATCHED = Duration.ofSeconds(1);

	/** Creates a factory, for the driver. */
	public WatchdogSocketFactory() {
	}

	@Override
	public Socket createSocket() {
		return new WatchedSocket();
	}

	@Override
	public Socket createSocket(String host, int port) throws IOException {
		throw unconnected();
	}

	@Override
	public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
		throw unconnected();
	}

	@Override
	public Socket createSocket(InetAddress host, int port) throws IOException {
		throw unconnected();
	}

	@Override
	public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
			throws IOException {
		throw unconnected();
	}

	private static SocketException unconnected() {
		return new SocketException("Only unconnected sockets are created");
	}

	/**
	 * The read timeout until the server has sent its first bytes: its machine may be
	 * frozen, and another host may be the primary by now.
	 */
	static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(3);

	private static final class WatchedSocket extends Socket {

		private volatile boolean hasReceived;

		/** Zero if there is none. */
		private volatile long timeoutNanos;

		/** When the read in progress started; zero if there is none. */
		private volatile long readStartedAt;

		private volatile boolean timedOut;

		private @Nullable InputStream input;

		/** Active from connect to close. */
		private volatile @Nullable Watchdog watchdog;

		@Override
		public void connect(SocketAddress address, int timeout) throws IOException {
			super.connect(address, timeout);
			// If the handshake fails right after this, the driver drops the socket
			// without closing it.
			this.watchdog = Watchdog.start(this, WatchedSocket::checkTimeout);
		}

		@Override
		public void setSoTimeout(int timeout) throws SocketException {
			boolean watched = timeout >= MIN_WATCHED.toMillis();
			super.setSoTimeout(watched ? 0 : timeout);
			this.timeoutNanos = watched ? Duration.ofMillis(timeout).toNanos() : 0;
		}

		@Override
		public int getSoTimeout() throws SocketException {
			long watched = this.timeoutNanos;
			return (watched > 0) ? Math.toIntExact(Duration.ofNanos(watched).toMillis()) : super.getSoTimeout();
		}

		private void checkTimeout() {
			long timeout = this.hasReceived ? this.timeoutNanos
					: Math.min(this.timeoutNanos, HANDSHAKE_TIMEOUT.toNanos());
			long startedAt = this.readStartedAt;
			// Compared again, since another read may have started meanwhile.
			if (timeout > 0 && startedAt != 0 && System.nanoTime() - startedAt >= timeout
					&& this.readStartedAt == startedAt) {
				this.timedOut = true;
				try {
					close();
				}
				catch (IOException ex) {
					// The reading thread fails in any case.
				}
			}
		}

		@Override
		public synchronized InputStream getInputStream() throws IOException {
			if (this.input == null) {
				this.input = new Input(super.getInputStream());
			}
			return this.input;
		}

		@Override
		public void close() throws IOException {
			Watchdog active = this.watchdog;
			if (active != null) {
				active.stop();
			}
			super.close();
		}

		/** All blocking reads end in one method, those of skip too. */
		private final class Input extends InputStream {

			private final InputStream input;

			Input(InputStream input) {
				this.input = input;
			}

			@Override
			public int read() throws IOException {
				byte[] single = new byte[1];
				return (read(single, 0, 1) < 0) ? -1 : single[0] & 0xff;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				// Zero stands for no read, and the clock may return it.
				WatchedSocket.this.readStartedAt = System.nanoTime() | 1;
				try {
					int count = this.input.read(bytes, offset, length);
					WatchedSocket.this.hasReceived = true;
					return count;
				}
				catch (SocketException ex) {
					if (WatchedSocket.this.timedOut) {
						// Reported once: later reads fail like those of any closed
						// socket.
						WatchedSocket.this.timedOut = false;
						SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
						timeout.initCause(ex);
						throw timeout;
					}
					throw ex;
				}
				finally {
					WatchedSocket.this.readStartedAt = 0;
				}
			}

			@Override
			public int available() throws IOException {
				return this.input.available();
			}

			@Override
			public void close() throws IOException {
				this.input.close();
			}

		}

	}

}
