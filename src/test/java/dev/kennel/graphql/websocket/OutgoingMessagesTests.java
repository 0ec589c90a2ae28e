package dev.kennel.graphql.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.server.limit.MemoryPermits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutgoingMessagesTests {

	private final List<String> calls = new ArrayList<>();

	private final List<Consumer<@Nullable Throwable>> pending = new ArrayList<>();

	private final MemoryPermits memory = new MemoryPermits(64 * 1024);

	private final AtomicLong nanoTime = new AtomicLong();

	private final Object operation = new Object();

	/** A client that reads a message when {@link #completeSend} is called. */
	private final WebSocketPeer peer = new WebSocketPeer() {

		@Override
		public void send(String text, Consumer<@Nullable Throwable> sent) {
			OutgoingMessagesTests.this.calls.add("send " + text);
			OutgoingMessagesTests.this.pending.add(sent);
		}

		@Override
		public void close(CloseReason reason) {
			OutgoingMessagesTests.this.calls.add("close " + reason.code());
		}

		@Override
		public void abort() {
			OutgoingMessagesTests.this.calls.add("abort");
		}

	};

	private final OutgoingMessages messages = messages(this.peer);

	/** The limit is 100 KB per connection, and 64 KB for all connections. */
	private OutgoingMessages messages(WebSocketPeer client) {
		return new OutgoingMessages(client, 100_000, this.memory, this.nanoTime::get, call("end"));
	}

	/** The limit is 10,000 characters per connection. */
	private OutgoingMessages smallMessages() {
		return new OutgoingMessages(this.peer, 10_000, new MemoryPermits(1_000_000), this.nanoTime::get, call("end"));
	}

	private Runnable call(String name) {
		return () -> this.calls.add(name);
	}

	/** Asserts that all memory permits are released. */
	private void assertMemoryIsFree() {
		int all = 64 * 1024 + MemoryPermits.SMALL;
		assertThat(this.memory.tryGrow(0, all)).isTrue();
		this.memory.release(all);
	}

	private void completeSend(@Nullable Throwable failure) {
		this.pending.removeFirst().accept(failure);
	}

	@Test
	void messagesAreSentOneAtATimeInOrder() {
		this.messages.add("1");
		this.messages.add("2");
		assertThat(this.calls).containsExactly("send 1");
		assertThat(this.messages.isIdle()).isFalse();

		completeSend(null);
		assertThat(this.calls).containsExactly("send 1", "send 2");
		completeSend(null);
		assertThat(this.messages.isIdle()).isTrue();
	}

	@Test
	void connectionClosesAfterTheCurrentMessage() {
		this.messages.add("1");
		this.messages.add("2");
		this.messages.close(new CloseReason(4403, "one"));
		this.messages.close(new CloseReason(1012, "two"));
		this.messages.add("3");
		assertThat(this.calls).containsExactly("send 1");

		completeSend(null);

		assertThat(this.calls).containsExactly("send 1", "close 4403");
	}

	@Test
	void lostClientAbortsTheConnection() {
		this.messages.add("1");
		this.messages.add("2");

		completeSend(new IOException("Broken pipe"));
		this.messages.add("3");
		this.messages.close(new CloseReason(1012, ""));

		assertThat(this.calls).containsExactly("send 1", "end", "abort");
		assertThat(this.messages.isClosing()).isTrue();
		assertMemoryIsFree();
	}

	@Test
	void clientThatDoesNotReadPongsIsClosed() {
		for (int i = 0; i < 2_000; i++) {
			this.messages.add(ServerMessage.PONG);
		}
		assertThat(this.calls).containsExactly("send {\"type\":\"pong\"}", "end");

		completeSend(null);

		assertThat(this.calls).containsExactly("send {\"type\":\"pong\"}", "end", "close 1013");
		assertMemoryIsFree();
	}

	@Test
	void totalSizePerConnectionIsLimited() {
		OutgoingMessages small = smallMessages();
		// Each message has an overhead of 128 characters.
		small.add("1".repeat(4_872));
		small.add("2".repeat(4_872));
		assertThat(small.isClosing()).isFalse();

		small.add("3");

		assertThat(small.isClosing()).isTrue();
		completeSend(null);
		assertThat(this.calls).containsExactly("send " + "1".repeat(4_872), "end", "close 1013");
	}

	@Test
	void messageLargerThanTheLimitIsSentAlone() {
		OutgoingMessages small = smallMessages();
		small.add("1".repeat(20_000));
		completeSend(null);
		small.add("2");

		assertThat(this.calls).containsExactly("send " + "1".repeat(20_000), "send 2");
	}

	@Test
	void totalSizeOfAllConnectionsIsLimited() {
		OutgoingMessages second = messages(this.peer);
		OutgoingMessages third = messages(this.peer);
		this.messages.add("1".repeat(50_000));
		second.add("2".repeat(50_000));
		assertThat(this.calls).containsExactly("send " + "1".repeat(50_000), "end", "close 1013");
		// Small messages need no permit.
		third.add("3");
		assertThat(third.isClosing()).isFalse();

		completeSend(null);

		third.add("4".repeat(50_000));
		assertThat(third.isClosing()).isFalse();
		third.end();
		assertMemoryIsFree();
	}

	@Test
	void tooSlowClientIsAborted() {
		this.messages.add("1");
		this.nanoTime.set(Duration.ofSeconds(59).toNanos());
		this.messages.add("2");
		this.messages.abortIfOlderThan(Duration.ofMinutes(1));
		completeSend(null);
		this.nanoTime.set(Duration.ofSeconds(119).toNanos() - 1);
		this.messages.abortIfOlderThan(Duration.ofMinutes(1));
		assertThat(this.calls).containsExactly("send 1", "send 2");

		this.nanoTime.set(Duration.ofSeconds(119).toNanos());
		this.messages.abortIfOlderThan(Duration.ofMinutes(1));

		assertThat(this.calls).containsExactly("send 1", "send 2", "end", "abort");
		completeSend(new IOException("cut off"));
		assertThat(this.calls).containsExactly("send 1", "send 2", "end", "abort");
		assertMemoryIsFree();
	}

	@Test
	void callbackRunsOnceForSentAndDroppedMessages() {
		this.messages.add("1", this.operation, call("1 sent"));
		this.messages.add("2", this.operation, call("2 failed"));
		this.messages.add("3", this.operation, call("3 discarded"));
		completeSend(null);
		this.messages.discard(this.operation);
		this.messages.add("4", this.operation, call("4 closed"));
		this.messages.close(new CloseReason(1012, ""));
		this.messages.add("5", this.operation, call("5 closing"));
		completeSend(new IOException("Broken pipe"));

		assertThat(this.calls).containsExactlyInAnyOrder("send 1", "1 sent", "send 2", "3 discarded", "4 closed",
				"5 closing", "2 failed", "end", "abort");
	}

	@Test
	void callbackRunsOnOverflow() {
		this.messages.add("1", this.operation, call("1"));
		this.messages.add("2", this.operation, call("2"));
		this.messages.add("3".repeat(200_000), this.operation, call("3"));

		assertThat(this.calls).containsExactly("send 1", "end", "2", "3");
		completeSend(null);
		assertThat(this.calls).containsExactly("send 1", "end", "2", "3", "1", "close 1013");
		assertMemoryIsFree();
	}

	@Test
	void failingCallbackKeepsTheConnectionOpen() {
		this.messages.add("1", this.operation, () -> {
			throw new IllegalStateException("afterwards");
		});
		this.messages.add("2");

		completeSend(null);

		assertThat(this.calls).containsExactly("send 1", "send 2");
	}

	@Test
	void failingPeerIsAborted() {
		WebSocketPeer broken = new WebSocketPeer() {

			@Override
			public void send(String text, Consumer<@Nullable Throwable> sent) {
				OutgoingMessagesTests.this.calls.add("send " + text);
				throw new IllegalStateException("send");
			}

			@Override
			public void close(CloseReason reason) {
				OutgoingMessagesTests.this.calls.add("close " + reason.code());
				throw new IllegalStateException("close");
			}

			@Override
			public void abort() {
				OutgoingMessagesTests.this.calls.add("abort");
				throw new IllegalStateException("abort");
			}

		};
		messages(broken).add("1", this.operation, call("1"));
		assertThat(this.calls).containsExactlyInAnyOrder("send 1", "1", "end", "abort");
		this.calls.clear();

		messages(broken).close(new CloseReason(1012, ""));

		assertThat(this.calls).containsExactly("close 1012", "end", "abort");
		assertMemoryIsFree();
	}

	@Test
	void synchronousPeerReceivesAllMessages() {
		List<String> sent = new ArrayList<>();
		OutgoingMessages immediate = messages(new WebSocketPeer() {

			@Override
			public void send(String text, Consumer<@Nullable Throwable> done) {
				sent.add(text);
				done.accept(null);
			}

			@Override
			public void close(CloseReason reason) {
				sent.add("close");
			}

			@Override
			public void abort() {
				sent.add("abort");
			}

		});

		immediate.add("1");
		immediate.add("2");
		immediate.close(new CloseReason(1012, ""));

		assertThat(sent).containsExactly("1", "2", "close");
	}

	@Test
	void closeReasonFitsIntoItsFrame() {
		assertThat(new CloseReason(4409, "x".repeat(123)).text()).isEqualTo("x".repeat(123));
		assertThat(new CloseReason(4409, "x".repeat(124)).text()).isEqualTo("x".repeat(120) + "\u2026");
		assertThat(new CloseReason(4409, "x" + "\u20ac".repeat(41)).text())
			.isEqualTo("x" + "\u20ac".repeat(39) + "\u2026");
		assertThat(new CloseReason(4409, "\ud800").text()).isEqualTo("?");
	}

}
