package dev.kennel.database.pipeline;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StatementBulkheadTests {

	private final StatementBulkhead bulkhead = new StatementBulkhead(1);

	private final List<String> sent = new ArrayList<>();

	private boolean send(String statement) {
		return this.sent.add(statement);
	}

	@Test
	void queuedStatementIsSentWhenThePermitOfItsKeyIsReleased() {
		this.bulkhead.acquire("ann", () -> send("first"));
		this.bulkhead.acquire("ann", () -> send("second"));
		this.bulkhead.acquire("bob", () -> send("other"));
		assertThat(this.sent).containsExactly("first", "other");

		this.bulkhead.release("ann");

		assertThat(this.sent).containsExactly("first", "other", "second");
	}

	/** They would overflow the stack of the event loop, which then loses the permit. */
	@Test
	void failuresOfManyQueuedStatementsDoNotOverflowTheStack() {
		this.bulkhead.acquire("ann", () -> send("slow"));
		for (int i = 0; i < 100_000; i++) {
			this.bulkhead.acquire("ann", () -> false);
		}
		this.bulkhead.acquire("ann", () -> send("last"));

		this.bulkhead.release("ann");
		this.bulkhead.release("ann");
		this.bulkhead.acquire("ann", () -> send("next"));

		assertThat(this.sent).containsExactly("slow", "last", "next");
	}

	@Test
	void unsentStatementReleasesItsPermit() {
		this.bulkhead.acquire("ann", () -> false);
		this.bulkhead.acquire("ann", () -> send("next"));

		assertThat(this.sent).containsExactly("next");
	}

}
