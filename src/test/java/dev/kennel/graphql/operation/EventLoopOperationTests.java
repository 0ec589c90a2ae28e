package dev.kennel.graphql.operation;

import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Operations that are executed on the event loop of their connection. */
@KennelTest
class EventLoopOperationTests {

	private static final String NESTED = """
			query ($dogs: Int!) {
			  myOwners(first: 20) { nodes { name dogs(first: $dogs) { nodes { name } } } }
			}""";

	private final Api api;

	private final SqlRecorder recorder;

	EventLoopOperationTests(Api api, SqlRecorder recorder) {
		this.api = api;
		this.recorder = recorder;
	}

	@Test
	void shortQueryOfACachedDocumentStaysOnTheEventLoop() {
		Api ann = this.api.signUp();
		String owner = ann.createOwner("Ann");
		ann.createDog(owner, "Rex");
		String response = "{\"myOwners\":{\"nodes\":[{\"name\":\"Ann\",\"dogs\":{\"nodes\":[{\"name\":\"Rex\"}]}}]}}";
		// Prepares the document.
		assertThat(ann.execute(NESTED, Map.of("dogs", 5)).data().toString()).isEqualTo(response);

		assertThat(this.recorder.recordLoops(
				() -> assertThat(ann.execute(NESTED, Map.of("dogs", 5)).data().toString()).isEqualTo(response)))
			.containsExactly(true, true);
	}

	@Test
	void expensiveQueryLeavesTheEventLoop() {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		ann.execute(NESTED, Map.of("dogs", 20)).data();

		assertThat(this.recorder.recordLoops(() -> ann.execute(NESTED, Map.of("dogs", 20)).data()))
			.containsExactly(false, false);
	}

	@Test
	void queryThatMayBlockContinuesOffTheEventLoop() {
		Api ann = this.api.signUp();
		ann.createOwner("Ann");
		String query = "{ myOwners { nodes { name } } me { sessions { id current } } }";
		String first = ann.execute(query).data().toString();

		assertThat(ann.execute(query).data().toString()).isEqualTo(first).contains("Ann", "ses_");
	}

}
