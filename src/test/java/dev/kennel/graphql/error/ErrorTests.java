package dev.kennel.graphql.error;

import java.util.Map;

import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.SqlRecorder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
@ExtendWith(OutputCaptureExtension.class)
class ErrorTests {

	private final Api api;

	private final SqlRecorder sql;

	ErrorTests(Api api, SqlRecorder sql) {
		this.api = api;
		this.sql = sql;
	}

	@Test
	void aFaultOfTheServiceShowsNothingButTheRequestIdWhichTheLogHas(CapturedOutput output) {
		Api ann = this.api.signUp();

		Api.Answer answer = this.sql.failing(new IllegalStateException("the inside"),
				() -> ann.execute("{ a: myOwners { nodes { id } } }"));

		String requestId = answer.header("X-Request-Id");
		assertThat(answer.json().toString())
			.isEqualTo("{\"errors\":[{\"message\":\"Something went wrong in the service. "
					+ "If you report it, give the request id.\",\"locations\":[{\"line\":1,\"column\":3}],\"path\":[\"a\"],"
					+ "\"extensions\":{\"code\":\"INTERNAL_SERVER_ERROR\",\"requestId\":\"" + requestId
					+ "\"}}],\"data\":null}");
		assertThat(output).contains("Request " + requestId + " failed at [a]")
			.contains("java.lang.IllegalStateException: the inside");
	}

	@Test
	void faultyValuesAreNotRepeated() {
		assertThat(this.api
			.execute("mutation { login(input: {username: \"a\", password: [\"a secret\"]}) { tokenType } }"))
			.hasToString(
					"400 {\"errors\":[{\"message\":\"Validation error (WrongType@[login]) : argument 'input.password' "
							+ "is not a valid 'String' - Expected an AST type of 'StringValue' but it was a 'ArrayValue'\","
							+ "\"locations\":[{\"line\":1,\"column\":18}],"
							+ "\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}");
		assertThat(this.api
			.execute("query ($d: Date) { myDogs(filter: {birthDate: {lt: $d}}) { totalCount } }",
					Map.of("d", "a 'secret'"))
			.json()
			.at("/errors/0/message")
			.asString()).isEqualTo("Variable 'd' has an invalid value: Invalid RFC3339 full date value");
	}

	@Test
	void aFailedMutationDoesNotHideWhatItsSiblingsHaveDone() {
		Api ann = this.api.signUp();

		Api.Answer answer = ann.execute("""
				mutation {
				  a: createOwner(input: {name: "A"}) { owner { name } }
				  b: createOwner(input: {name: ""}) { owner { name } }
				  c: createOwner(input: {name: "C"}) { owner { name } }
				}""");

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.json().get("data").toString())
			.isEqualTo("{\"a\":{\"owner\":{\"name\":\"A\"}},\"b\":null,\"c\":{\"owner\":{\"name\":\"C\"}}}");
		assertThat(answer.violations()).containsExactly("input.name LENGTH");
	}

}
