package dev.kennel.session;

import graphql.GraphQLContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PayloadTokensTests {

	private final PayloadTokens tokens = new PayloadTokens();

	@Test
	void refreshTokenIsThatOfTheInput() {
		GraphQLContext context = GraphQLContext.newContext().build();

		assertThat(this.tokens.refreshToken(new RefreshSessionInput("token"), context)).isEqualTo("token");
		assertThat(this.tokens.refreshToken(null, context)).isNull();
	}

}
