package dev.kennel.database;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WatchdogSocketFactoryTests {

	private final Socket socket = new WatchdogSocketFactory().createSocket();

	private ServerSocket server;

	private Socket serverSide;

	@BeforeEach
	void connect() throws IOException {
		this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.socket.connect(this.server.getLocalSocketAddress(), 1000);
		this.serverSide = this.server.accept();
	}

	@AfterEach
	void close() throws IOException {
		this.socket.close();
		this.serverSide.close();
		this.server.close();
	}

	private Future<Integer> read(boolean virtual) throws IOException {
		InputStream input = this.socket.getInputStream();
		FutureTask<Integer> read = new FutureTask<>(() -> input.read(new byte[8], 0, 8));
		(virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(read);
		return read;
	}

	@Test
	void handshakeHasAShorterTimeout() throws Exception {
		this.socket.setSoTimeout(600_000);

		assertThat(read(false)).failsWithin(60, TimeUnit.SECONDS)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(SocketTimeoutException.class);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readTimesOutAndClosesTheSocket(boolean virtual) throws Exception {
		this.socket.setSoTimeout(1000);
		long begin = System.nanoTime();

		assertThat(read(virtual)).failsWithin(20, TimeUnit.SECONDS)
			.withThrowableThat()
			.withCauseInstanceOf(SocketTimeoutException.class);

		assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.SECONDS.toNanos(1));
		assertThat(this.socket.isClosed()).isTrue();
		assertThat(this.serverSide.getInputStream().read()).as("the end").isEqualTo(-1);
	}

	@Test
	void skipTimesOut() throws Exception {
		this.socket.setSoTimeout(1000);
		InputStream input = this.socket.getInputStream();
		FutureTask<Long> skipped = new FutureTask<>(() -> input.skip(8));
		Thread.ofVirtual().start(skipped);

		assertThat(skipped).failsWithin(20, TimeUnit.SECONDS)
			.withThrowableThat()
			.withCauseInstanceOf(SocketTimeoutException.class);

		assertThatExceptionOfType(SocketException.class).isThrownBy(input::read);
	}

	@Test
	void timeBetweenReadsDoesNotCount() throws Exception {
		this.socket.setSoTimeout(1000);
		assertThat(this.socket.getSoTimeout()).isEqualTo(1000);
		for (int round = 0; round < 4; round++) {
			Thread.sleep(400);
			this.serverSide.getOutputStream().write(round);
			assertThat(this.socket.getInputStream().read()).isEqualTo(round);
		}
		this.socket.setSoTimeout(0);
		assertThat(this.socket.getSoTimeout()).isZero();
		Thread.sleep(1200);
		this.serverSide.getOutputStream().write(200);

		assertThat(this.socket.getInputStream().read()).isEqualTo(200);
		assertThat(this.socket.isClosed()).isFalse();
	}

	@Test
	void shortTimeoutKeepsTheSocketOpen() throws Exception {
		this.socket.setSoTimeout(1);
		assertThat(this.socket.getSoTimeout()).isOne();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> this.socket.getInputStream().read());
		this.socket.setSoTimeout(60_000);
		this.serverSide.getOutputStream().write(1);

		assertThat(this.socket.getInputStream().read()).isOne();
	}

	@Test
	void closedSocketIsNotReportedAsTimeout() throws Exception {
		this.socket.setSoTimeout(60_000);
		Thread.startVirtualThread(() -> {
			try {
				Thread.sleep(200);
				this.socket.close();
			}
			catch (InterruptedException | IOException ex) {
				throw new IllegalStateException(ex);
			}
		});

		assertThat(read(true)).failsWithin(20, TimeUnit.SECONDS)
			.withThrowableThat()
			.havingCause()
			.isExactlyInstanceOf(SocketException.class);
	}

	@Test
	void unreferencedSocketIsGarbageCollected() throws Exception {
		WeakReference<Socket> forgotten = new WeakReference<>(connected());

		for (int i = 0; i < 100 && forgotten.get() != null; i++) {
			System.gc();
			Thread.sleep(50);
		}

		assertThat(forgotten.get()).isNull();
	}

	private Socket connected() throws IOException {
		Socket another = new WatchdogSocketFactory().createSocket();
		another.connect(this.server.getLocalSocketAddress(), 1000);
		another.setSoTimeout(60_000);
		return another;
	}

	@Test
	void connectFailsIfNothingListens() throws Exception {
		int port = this.server.getLocalPort();
		this.server.close();
		try (Socket another = new WatchdogSocketFactory().createSocket()) {
			assertThatExceptionOfType(IOException.class)
				.isThrownBy(() -> another.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000));
		}
	}

}
