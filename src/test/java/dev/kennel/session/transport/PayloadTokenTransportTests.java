package dev.kennel.session.transport;

import dev.kennel.graphql.operation.OperationContext;
import graphql.GraphQLContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PayloadTokenTransportTests {

	private final PayloadTokenTransport tokens = new PayloadTokenTransport();

	@Test
	void refreshTokenIsThatOfTheInput() {
		OperationContext context = OperationContext.of(GraphQLContext.newContext().build());

		assertThat(this.tokens.refreshToken("token", context)).isEqualTo("token");
		assertThat(this.tokens.refreshToken(null, context)).isNull();
	}

}
