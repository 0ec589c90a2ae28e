package dev.kennel.session;

import graphql.GraphQLContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PayloadTokenTransportTests {

	private final PayloadTokenTransport tokens = new PayloadTokenTransport();

	@Test
	void refreshTokenIsThatOfTheInput() {
		GraphQLContext context = GraphQLContext.newContext().build();

		assertThat(this.tokens.refreshToken(new RefreshSessionInput("token"), context)).isEqualTo("token");
		assertThat(this.tokens.refreshToken(null, context)).isNull();
	}

}
