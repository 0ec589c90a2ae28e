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
 * Makes the connections to the store, whose long timeouts cost nothing while it answers:
 * they are kept by a {@link Watchdog}, where a virtual thread would wake a timer's thread
 * with each answer that it waits for. A connection whose timeout is over is closed, as
 * nobody could know which statement the next answer belongs to.
 *
 * <p>
 * The driver finds it by its name, and connects the sockets itself.
 *
 * @see <a href="https://jdbc.postgresql.org/documentation/use/">The PostgreSQL JDBC
 * Driver's {@code socketFactory}</a>
 */
public final class WatchdogSocketFactory extends SocketFactory {

	/**
	 * What is shorter is kept exactly: with it, the driver asks whether there is more.
	 */
	private static final Duration SHORTEST = Duration.ofSeconds(1);

	/** Makes one, for the driver. */
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
		return new SocketException("Sockets are made unconnected here");
	}

	/**
	 * How long a server may be silent that has been connected to and has said nothing
	 * yet: its machine may be frozen, and another host be the primary by now.
	 */
	static final Duration HANDSHAKE = Duration.ofSeconds(3);

	private static final class WatchedSocket extends Socket {

		private volatile boolean answered;

		/** Zero where there is none. */
		private volatile long timeoutNanos;

		/** Since when is being read; zero while nobody does. */
		private volatile long since;

		private volatile boolean timedOut;

		private @Nullable InputStream input;

		/** From being connected to being closed. */
		private volatile @Nullable Watchdog watch;

		@Override
		public void connect(SocketAddress address, int timeout) throws IOException {
			super.connect(address, timeout);
			// The driver forgets one that fails right after.
			this.watch = Watchdog.start(this, WatchedSocket::look);
		}

		@Override
		public void setSoTimeout(int timeout) throws SocketException {
			boolean watched = timeout >= SHORTEST.toMillis();
			super.setSoTimeout(watched ? 0 : timeout);
			this.timeoutNanos = watched ? Duration.ofMillis(timeout).toNanos() : 0;
		}

		@Override
		public int getSoTimeout() throws SocketException {
			long watched = this.timeoutNanos;
			return (watched > 0) ? Math.toIntExact(Duration.ofNanos(watched).toMillis()) : super.getSoTimeout();
		}

		private void look() {
			long timeout = this.answered ? this.timeoutNanos : Math.min(this.timeoutNanos, HANDSHAKE.toNanos());
			long begun = this.since;
			// A read that has begun meanwhile has begun later.
			if (timeout > 0 && begun != 0 && System.nanoTime() - begun >= timeout && this.since == begun) {
				this.timedOut = true;
				try {
					close();
				}
				catch (IOException ex) {
					// Whoever reads gets to know.
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
			Watchdog begun = this.watch;
			if (begun != null) {
				begun.stop();
			}
			super.close();
		}

		/** All that waits goes through one method: skipping too. */
		private final class Input extends InputStream {

			private final InputStream input;

			Input(InputStream input) {
				this.input = input;
			}

			@Override
			public int read() throws IOException {
				byte[] one = new byte[1];
				return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) throws IOException {
				// The clock may be at zero, which stands for nobody.
				WatchedSocket.this.since = System.nanoTime() | 1;
				try {
					int count = this.input.read(bytes, offset, length);
					WatchedSocket.this.answered = true;
					return count;
				}
				catch (SocketException ex) {
					if (WatchedSocket.this.timedOut) {
						// Said once: the next read is of a closed socket like any other.
						WatchedSocket.this.timedOut = false;
						SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
						timeout.initCause(ex);
						throw timeout;
					}
					throw ex;
				}
				finally {
					WatchedSocket.this.since = 0;
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
