package dev.kennel.session;

import java.util.List;

import dev.kennel.graphql.Caller;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AbstractAuthenticationToken;

/** What an access token says: who sends the request, or that the token is not valid. */
class CallerAuthentication extends AbstractAuthenticationToken {

	private final transient @Nullable Caller caller;

	CallerAuthentication(@Nullable Caller caller) {
		super(List.of());
		this.caller = caller;
		setAuthenticated(caller != null);
	}

	@Override
	public @Nullable Object getPrincipal() {
		return this.caller;
	}

	/** The token itself is not kept. */
	@Override
	public @Nullable Object getCredentials() {
		return null;
	}

}
