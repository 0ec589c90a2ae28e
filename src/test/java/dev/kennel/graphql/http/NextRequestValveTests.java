package dev.kennel.graphql.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Places and connections, with a servlet that takes its time. */
class NextRequestValveTests {

	private static final int PLACES = 2;

	private static final Duration BODY_TIMEOUT = Duration.ofSeconds(2);

	private final RequestThreads threads = new RequestThreads(PLACES);

	private final Tomcat tomcat = new Tomcat();

	@BeforeEach
	void start(@TempDir Path directory) throws Exception {
		this.tomcat.setBaseDir(directory.toString());
		this.tomcat.setPort(0);
		if (this.tomcat.getConnector().getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
			protocol.setExecutor(this.threads);
			protocol.setDisableUploadTimeout(false);
			protocol.setConnectionUploadTimeout(Math.toIntExact(BODY_TIMEOUT.toMillis()));
		}
		Context context = this.tomcat.addContext("", directory.toString());
		Tomcat.addServlet(context, "slow", new SlowServlet(this.threads)).addMapping("/*");

		this.tomcat.getHost()
			.getPipeline()
			.addValve(new NextRequestValve(this.threads, new BodyRest(BODY_TIMEOUT, 10_000)));
		this.tomcat.start();
	}

	@AfterEach
	void stop() throws Exception {
		this.tomcat.stop();
		this.tomcat.destroy();
	}

	private Socket begin(String request) throws IOException {
		Socket socket = new Socket("localhost", this.tomcat.getConnector().getLocalPort());
		socket.setSoTimeout(20_000);
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		return socket;
	}

	/**
	 * Tomcat counts how long a connection is silent from its last byte, and wants to tell
	 * so on a thread that waits until nothing else is done with that connection. Here
	 * this thread comes while the body is still waited for.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "/read", "/unread" })
	void aConnectionThatIsSilentForTooLongTakesNobodysPlace(String path) throws IOException {
		List<Socket> silent = new ArrayList<>();
		try {
			for (int i = 0; i < 2 * PLACES; i++) {
				silent.add(begin("POST " + path + " HTTP/1.1\r\nHost: kennel\r\nContent-Length: 1000\r\n\r\n"));
			}
			for (Socket socket : silent) {
				try {
					socket.getInputStream().readAllBytes();
				}
				catch (IOException ex) {
					assertThat(ex).hasMessageContaining("reset");
				}
			}
			try (Socket other = begin("GET / HTTP/1.1\r\nHost: kennel\r\nConnection: close\r\n\r\n")) {
				assertThat(new String(other.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
					.startsWith("HTTP/1.1 204");
			}
		}
		finally {
			for (Socket socket : silent) {
				socket.close();
			}
		}
	}

	/** Takes longer than Tomcat takes to see that a connection is silent. */
	private static final class SlowServlet extends HttpServlet {

		private final transient RequestThreads threads;

		private SlowServlet(RequestThreads threads) {
			this.threads = threads;
		}

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			if (request.getContentLengthLong() > 0) {
				pause();
			}
			if (request.getRequestURI().equals("/read")) {
				InputStream body = request.getInputStream();
				this.threads.withoutPlace(body::read);
			}
			response.setStatus(HttpServletResponse.SC_NO_CONTENT);
		}

		private static void pause() {
			try {
				Thread.sleep(1500);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
