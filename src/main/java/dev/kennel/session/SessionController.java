package dev.kennel.session;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.account.User;
import dev.kennel.error.ApiException;
import dev.kennel.error.ErrorCode;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;
import dev.kennel.identity.NodeKind;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.stereotype.Controller;

/** The controller of refreshes, revocations and the list of sessions. */
@Controller
class SessionController {

	private final SessionService sessions;

	private final SessionLoader loader;

	private final TokenTransport transport;

	SessionController(SessionService sessions, SessionLoader loader, TokenTransport transport) {
		this.sessions = sessions;
		this.loader = loader;
		this.transport = transport;
	}

	@MutationMapping
	AuthPayload refreshSession(@Argument @Nullable RefreshSessionInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		this.transport.requireWritable(context);
		String token = this.transport.refreshToken((input != null) ? input.refreshToken() : null, context);
		try {
			return this.transport.startSession(this.sessions.refresh(token, client), environment);
		}
		catch (ApiException ex) {
			if (ex.code() == ErrorCode.UNAUTHENTICATED) {
				this.transport.clearTokens(context);
			}
			throw ex;
		}
	}

	@MutationMapping
	LogoutPayload logout(Client client, DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		String refreshToken = this.transport.refreshToken(null, context);
		try {
			// A valid refresh token suffices: a client with an expired access token need
			// not refresh before it logs out.
			if (refreshToken == null || !this.sessions.logout(refreshToken, client) || context.isAuthenticated()) {
				this.sessions.logout(context.caller(), client);
			}
		}
		finally {
			this.transport.clearTokens(context);
		}
		OperationContext.endSession(environment);
		return new LogoutPayload(true);
	}

	@MutationMapping
	RevokeSessionPayload revokeSession(Caller caller, @Argument @Valid RevokeSessionInput input, Client client,
			DataFetchingEnvironment environment) {
		UUID session = NodeKind.SESSION.uuid(input.id());
		this.sessions.revoke(caller, session, client);
		if (session.equals(caller.session())) {
			this.transport.endSession(environment);
		}
		return new RevokeSessionPayload(NodeKind.SESSION.id(session));
	}

	@MutationMapping
	RevokeOtherSessionsPayload revokeOtherSessions(Caller caller, Client client) {
		return new RevokeOtherSessionsPayload(this.sessions.revokeOthers(caller, client));
	}

	@SchemaMapping
	CompletableFuture<List<Session>> sessions(User user, Caller caller, DataFetchingEnvironment environment) {
		if (!user.account().equals(caller.account())) {
			throw ApiException.of(ErrorCode.FORBIDDEN, "These are another account's sessions.");
		}
		return this.loader.load(environment, caller.account());
	}

	@SchemaMapping
	boolean current(Session session, @Nullable Caller caller) {
		return caller != null && session.id().uuid().equals(caller.session());
	}

}
