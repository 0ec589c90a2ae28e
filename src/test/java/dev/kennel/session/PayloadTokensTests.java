package dev.kennel.session;

import graphql.GraphQLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

class PayloadTokensTests {

	private final PayloadTokens tokens = new PayloadTokens();

	@ParameterizedTest
	@CsvSource(ignoreLeadingAndTrailingWhitespace = false,
			value = { "Bearer a.b.c,a.b.c", "bearer a.b.c,a.b.c", "BEARER a.b.c,a.b.c", " Bearer  a.b.c ,a.b.c",
					"Bearer,''", "Bearer ,''", "'',''", "a.b.c,''", "Bearera.b.c,''", "Bearer:a,''", "Basic dTpw,''",
					"Bear,''", "Bearer a b,a b" })
	void credentialsAreWhatFollowsTheScheme(String header, String credentials) {
		assertThat(PayloadTokens.credentials(header)).isEqualTo(credentials);
	}

	@Test
	void absentHeaderIsNoToken() {
		MockHttpServletRequest request = new MockHttpServletRequest();
		assertThat(this.tokens.accessToken(request)).isNull();

		request.addHeader("Authorization", "");
		assertThat(this.tokens.accessToken(request)).isEmpty();
	}

	@Test
	void refreshTokenIsThatOfTheInput() {
		GraphQLContext context = GraphQLContext.newContext().build();

		assertThat(this.tokens.refreshToken(new RefreshSessionInput("token"), context)).isEqualTo("token");
		assertThat(this.tokens.refreshToken(null, context)).isNull();
	}

}
