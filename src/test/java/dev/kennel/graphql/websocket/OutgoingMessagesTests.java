package dev.kennel.graphql.websocket;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.kennel.graphql.stream.CloseReason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OutgoingMessagesTests {

	private final List<String> calls = new ArrayList<>();

	private final List<Consumer<@Nullable Throwable>> pending = new ArrayList<>();

	/** A client that takes a message when {@link #taken} is called. */
	private final OutgoingMessages messages = new OutgoingMessages(new WebSocketPeer() {

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

	});

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

		assertThat(this.calls).containsExactly("send 1", "abort");
		assertThat(this.messages.isClosing()).isTrue();
	}

	@Test
	void aClientThatAsksAndDoesNotReadIsClosed() {
		for (int i = 0; i < 2_000; i++) {
			this.messages.add(ServerMessage.PONG);
		}

		taken(null);

		assertThat(this.calls).containsExactly("send {\"type\":\"pong\"}", "close 1013");
	}

	@Test
	void aPeerThatSendsAtOnceIsGivenAllMessages() {
		List<String> sent = new ArrayList<>();
		OutgoingMessages immediate = new OutgoingMessages(new WebSocketPeer() {

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
		assertThat(new CloseReason(4409, "x".repeat(124)).text()).isEqualTo("x".repeat(123));
		assertThat(new CloseReason(4409, "x" + "\u20ac".repeat(41)).text()).isEqualTo("x" + "\u20ac".repeat(40));
		assertThat(new CloseReason(4409, "\ud800").text()).isEqualTo("?");
	}

}
