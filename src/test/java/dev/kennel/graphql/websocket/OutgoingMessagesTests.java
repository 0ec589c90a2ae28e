package dev.kennel.graphql.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.kennel.graphql.stream.CloseReason;
import dev.kennel.server.MemoryPermits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutgoingMessagesTests {

	private final List<String> calls = new ArrayList<>();

	private final List<Consumer<@Nullable Throwable>> pending = new ArrayList<>();

	private final MemoryPermits memory = new MemoryPermits(64 * 1024);

	private final AtomicLong nanoTime = new AtomicLong();

	private final Object operation = new Object();

	/** A client that takes a message when {@link #taken} is called. */
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

	/** Messages of one connection may have 100 KB together, those of all 64 KB. */
	private OutgoingMessages messages(WebSocketPeer client) {
		return new OutgoingMessages(client, 100_000, this.memory, this.nanoTime::get, call("end"));
	}

	/** Messages of the connection may have 10,000 characters together. */
	private OutgoingMessages smallMessages() {
		return new OutgoingMessages(this.peer, 10_000, new MemoryPermits(1_000_000), this.nanoTime::get, call("end"));
	}

	private Runnable call(String name) {
		return () -> this.calls.add(name);
	}

	/** The memory of all connections is free, up to the last permit. */
	private void assertMemoryIsFree() {
		int all = 64 * 1024 + MemoryPermits.SMALL;
		assertThat(this.memory.tryGrow(0, all)).isTrue();
		this.memory.release(all);
	}

	private void taken(@Nullable Throwable failure) {
		this.pending.removeFirst().accept(failure);
	}

	@Test
	void oneMessageIsSentAtATimeAndInOrder() {
		this.messages.add("1");
		this.messages.add("2");
		assertThat(this.calls).containsExactly("send 1");
		assertThat(this.messages.isIdle()).isFalse();

		taken(null);
		assertThat(this.calls).containsExactly("send 1", "send 2");
		taken(null);
		assertThat(this.messages.isIdle()).isTrue();
	}

	@Test
	void theConnectionIsClosedAfterTheMessageThatIsBeingSent() {
		this.messages.add("1");
		this.messages.add("2");
		this.messages.close(new CloseReason(4403, "one"));
		this.messages.close(new CloseReason(1012, "two"));
		this.messages.add("3");
		assertThat(this.calls).containsExactly("send 1");

		taken(null);

		assertThat(this.calls).containsExactly("send 1", "close 4403");
	}

	@Test
	void aClientThatIsGoneIsNoFault() {
		this.messages.add("1");
		this.messages.add("2");

		taken(new IOException("Broken pipe"));
		this.messages.add("3");
		this.messages.close(new CloseReason(1012, ""));

		assertThat(this.calls).containsExactly("send 1", "end", "abort");
		assertThat(this.messages.isClosing()).isTrue();
		assertMemoryIsFree();
	}

	@Test
	void aClientThatAsksAndDoesNotReadIsClosed() {
		for (int i = 0; i < 2_000; i++) {
			this.messages.add(ServerMessage.PONG);
		}
		assertThat(this.calls).containsExactly("send {\"type\":\"pong\"}", "end");

		taken(null);

		assertThat(this.calls).containsExactly("send {\"type\":\"pong\"}", "end", "close 1013");
		assertMemoryIsFree();
	}

	@Test
	void messagesOfAConnectionAreBoundedByTheirSize() {
		OutgoingMessages small = smallMessages();
		// Each counts for 128 characters more than it has.
		small.add("1".repeat(4_872));
		small.add("2".repeat(4_872));
		assertThat(small.isClosing()).isFalse();

		small.add("3");

		assertThat(small.isClosing()).isTrue();
		taken(null);
		assertThat(this.calls).containsExactly("send " + "1".repeat(4_872), "end", "close 1013");
	}

	@Test
	void aMessageThatIsLargerThanTheBoundIsSentAlone() {
		OutgoingMessages small = smallMessages();
		small.add("1".repeat(20_000));
		taken(null);
		small.add("2");

		assertThat(this.calls).containsExactly("send " + "1".repeat(20_000), "send 2");
	}

	@Test
	void messagesOfAllConnectionsAreBoundedTogether() {
		OutgoingMessages second = messages(this.peer);
		OutgoingMessages third = messages(this.peer);
		this.messages.add("1".repeat(50_000));
		second.add("2".repeat(50_000));
		assertThat(this.calls).containsExactly("send " + "1".repeat(50_000), "end", "close 1013");
		// A connection whose messages are small is not counted.
		third.add("3");
		assertThat(third.isClosing()).isFalse();

		taken(null);

		third.add("4".repeat(50_000));
		assertThat(third.isClosing()).isFalse();
		third.end();
		assertMemoryIsFree();
	}

	@Test
	void aClientThatTakesAMessageTooSlowlyIsCutOff() {
		this.messages.add("1");
		this.nanoTime.set(Duration.ofSeconds(59).toNanos());
		this.messages.add("2");
		this.messages.abortIfOlderThan(Duration.ofMinutes(1));
		taken(null);
		this.nanoTime.set(Duration.ofSeconds(119).toNanos() - 1);
		this.messages.abortIfOlderThan(Duration.ofMinutes(1));
		assertThat(this.calls).containsExactly("send 1", "send 2");

		this.nanoTime.set(Duration.ofSeconds(119).toNanos());
		this.messages.abortIfOlderThan(Duration.ofMinutes(1));

		assertThat(this.calls).containsExactly("send 1", "send 2", "end", "abort");
		taken(new IOException("cut off"));
		assertThat(this.calls).containsExactly("send 1", "send 2", "end", "abort");
		assertMemoryIsFree();
	}

	@Test
	void whatFollowsAMessageIsRunOnceWhateverBecomesOfTheMessage() {
		this.messages.add("1", this.operation, call("1 sent"));
		this.messages.add("2", this.operation, call("2 failed"));
		this.messages.add("3", this.operation, call("3 discarded"));
		taken(null);
		this.messages.discard(this.operation);
		this.messages.add("4", this.operation, call("4 closed"));
		this.messages.close(new CloseReason(1012, ""));
		this.messages.add("5", this.operation, call("5 closing"));
		taken(new IOException("Broken pipe"));

		assertThat(this.calls).containsExactlyInAnyOrder("send 1", "1 sent", "send 2", "3 discarded", "4 closed",
				"5 closing", "2 failed", "end", "abort");
	}

	@Test
	void whatFollowsAMessageIsRunWhenTooManyWait() {
		this.messages.add("1", this.operation, call("1"));
		this.messages.add("2", this.operation, call("2"));
		this.messages.add("3".repeat(200_000), this.operation, call("3"));

		assertThat(this.calls).containsExactly("send 1", "end", "2", "3");
		taken(null);
		assertThat(this.calls).containsExactly("send 1", "end", "2", "3", "1", "close 1013");
		assertMemoryIsFree();
	}

	@Test
	void theConnectionGoesOnIfWhatFollowsAMessageFails() {
		this.messages.add("1", this.operation, () -> {
			throw new IllegalStateException("afterwards");
		});
		this.messages.add("2");

		taken(null);

		assertThat(this.calls).containsExactly("send 1", "send 2");
	}

	@Test
	void aPeerThatFailsIsCutOff() {
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
	void aPeerThatSendsAtOnceIsGivenAllMessages() {
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
	void aCloseReasonFitsIntoItsFrame() {
		assertThat(new CloseReason(4409, "x".repeat(123)).text()).isEqualTo("x".repeat(123));
		assertThat(new CloseReason(4409, "x".repeat(124)).text()).isEqualTo("x".repeat(120) + "\u2026");
		assertThat(new CloseReason(4409, "x" + "\u20ac".repeat(41)).text())
			.isEqualTo("x" + "\u20ac".repeat(39) + "\u2026");
		assertThat(new CloseReason(4409, "\ud800").text()).isEqualTo("?");
	}

}
