package dev.kennel.graphql.stream;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

class WindowedSessionTests {

	private final List<String> calls = new CopyOnWriteArrayList<>();

	/** A connection that an interrupted thread can't write to, as Tomcat's. */
	private WebSocketSession connection(@Nullable IOException failure) {
		return (WebSocketSession) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { WebSocketSession.class }, (proxy, method, arguments) -> {
					LockSupport.parkNanos(1_000_000);
					if (Thread.currentThread().isInterrupted()) {
						throw new IOException("Interrupted");
					}
					Object argument = arguments[0];
					this.calls.add(method.getName() + " "
							+ ((argument instanceof TextMessage message) ? message.getPayload() : argument));
					if (failure != null && method.getName().equals("sendMessage")) {
						throw failure;
					}
					return null;
				});
	}

	@AfterEach
	void isInterruptedNoLonger() {
		Thread.interrupted();
	}

	@Test
	void whoIsInterruptedStillSendsAndClosesAndStaysInterrupted() throws IOException {
		WindowedSession session = new WindowedSession(connection(null));

		Thread.currentThread().interrupt();
		session.sendMessage(new TextMessage("one"));
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
		session.close(CloseStatus.NORMAL);

		assertThat(Thread.currentThread().isInterrupted()).isTrue();
		assertThat(this.calls).containsExactly("sendMessage one", "close " + CloseStatus.NORMAL);
	}

	@Test
	void aClientThatIsGoneIsNoFault() throws IOException {
		WindowedSession session = new WindowedSession(connection(new SocketTimeoutException("Write timeout")));

		session.sendMessage(new TextMessage("one"));
		session.sendMessage(new TextMessage("two"));

		assertThat(this.calls).containsExactly("sendMessage one", "close " + CloseStatus.SESSION_NOT_RELIABLE);
	}

}
