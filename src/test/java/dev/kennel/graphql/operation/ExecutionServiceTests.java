package dev.kennel.graphql.operation;

import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.graphql.ExecutionGraphQlService;
import org.springframework.graphql.support.DefaultExecutionGraphQlRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Spring's service for operations is the one with limits. */
@KennelTest
class ExecutionServiceTests {

	private final ObjectProvider<ExecutionGraphQlService> services;

	ExecutionServiceTests(ObjectProvider<ExecutionGraphQlService> services) {
		this.services = services;
	}

	@Test
	void operationHandlerIsTheOnlyService() {
		assertThat(this.services.stream()).singleElement().isInstanceOf(OperationHandler.class);
	}

	@Test
	void requestWithoutClientIsRefused() {
		DefaultExecutionGraphQlRequest request = new DefaultExecutionGraphQlRequest("{ __typename }", null, null, null,
				"1", null);

		assertThatIllegalArgumentException().isThrownBy(() -> this.services.getObject().execute(request).block())
			.withMessageContaining("WebGraphQlRequest");
	}

}
