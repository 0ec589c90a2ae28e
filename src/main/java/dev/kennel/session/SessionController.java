package dev.kennel.session;

import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.account.ChangePasswordInput;
import dev.kennel.account.ResetPasswordInput;
import dev.kennel.account.SignupInput;
import dev.kennel.account.User;
import dev.kennel.emaillogin.BrowserSecret;
import dev.kennel.emaillogin.EmailLoginService;
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

/** The controller of the session fields. */
@Controller
class SessionController {

	private final SessionService sessions;

	private final LoginService logins;

	private final EmailLoginService emails;

	private final SessionLoader loader;

	private final TokenTransport transport;

	SessionController(SessionService sessions, LoginService logins, EmailLoginService emails, SessionLoader loader,
			TokenTransport transport) {
		this.sessions = sessions;
		this.logins = logins;
		this.emails = emails;
		this.loader = loader;
		this.transport = transport;
	}

	@MutationMapping
	AuthPayload signup(@Argument @Valid SignupInput input, Client client, DataFetchingEnvironment environment) {
		this.transport.requireWritable(OperationContext.of(environment));
		return writeTokens(this.sessions.signup(input, client), environment);
	}

	@MutationMapping
	AuthPayload login(@Argument LoginInput input, Client client, DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return writeTokens(this.logins.login(input, deviceToken, client), environment);
	}

	@MutationMapping
	LoginResult beginLogin(@Argument LoginInput input, Client client, DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return result(this.logins.begin(input, deviceToken, client), environment);
	}

	@MutationMapping
	AuthPayload finishLogin(@Argument FinishLoginInput input, Client client, DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return writeTokens(this.logins.finish(input, deviceToken, client), environment);
	}

	@MutationMapping
	AuthPayload finishPasskeyLogin(@Argument FinishPasskeyLoginInput input, Client client,
			DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return writeTokens(this.logins.loginWithPasskey(input, deviceToken, client), environment);
	}

	@MutationMapping
	RequestEmailLoginPayload requestEmailLogin(@Argument @Valid RequestEmailLoginInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		this.transport.requireWritable(context);
		BrowserSecret secret = this.emails.request(input.email(), client);
		return new RequestEmailLoginPayload(
				this.transport.writeBrowserSecret(secret.value(), BrowserSecret.LIFETIME, context),
				secret.expiresAt().atOffset(ZoneOffset.UTC));
	}

	@MutationMapping
	LoginResult finishEmailLogin(@Argument FinishEmailLoginInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		String deviceToken = deviceToken(input.deviceToken(), environment);
		LoginOutcome outcome = this.logins.loginByEmail(input,
				this.transport.browserSecret(input.browserSecret(), context), deviceToken, client);
		this.transport.clearBrowserSecret(context);
		return result(outcome, environment);
	}

	@MutationMapping
	AuthPayload refreshSession(@Argument @Nullable RefreshSessionInput input, Client client,
			DataFetchingEnvironment environment) {
		this.transport.requireWritable(OperationContext.of(environment));
		try {
			return writeTokens(
					this.sessions.refresh(this.transport.refreshToken(input, OperationContext.of(environment)), client),
					environment);
		}
		catch (ApiException ex) {
			if (ex.code() == ErrorCode.UNAUTHENTICATED) {
				this.transport.clearTokens(OperationContext.of(environment));
			}
			throw ex;
		}
	}

	/**
	 * Returns the device token of an earlier log-in, or null. The response has to be one
	 * that can carry tokens.
	 */
	private @Nullable String deviceToken(@Nullable String deviceToken, DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		this.transport.requireWritable(context);
		return this.transport.deviceToken(deviceToken, context);
	}

	private LoginResult result(LoginOutcome outcome, DataFetchingEnvironment environment) {
		return (outcome.issued() != null) ? writeTokens(outcome.issued(), environment)
				: Objects.requireNonNull(outcome.challenge());
	}

	/**
	 * Makes the new session the caller, for the selection set of the field and the fields
	 * after it.
	 */
	private AuthPayload writeTokens(IssuedTokens issued, DataFetchingEnvironment environment) {
		OperationContext.switchCaller(environment,
				new Caller(issued.refresh().account(), issued.refresh().session(), issued.access().expiresAt()));
		return this.transport.writeTokens(issued, OperationContext.of(environment));
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
	ChangePasswordPayload changePassword(Caller caller, @Argument @Valid ChangePasswordInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		ChangePasswordPayload changed = this.sessions.changePassword(caller, input,
				this.transport.deviceToken(null, context), client);
		return new ChangePasswordPayload(changed.user(),
				this.transport.writeDeviceToken(changed.deviceToken(), context));
	}

	@MutationMapping
	ResetPasswordPayload resetPassword(@Argument @Valid ResetPasswordInput input, Client client,
			DataFetchingEnvironment environment) {
		OperationContext context = OperationContext.of(environment);
		PasswordResetResult result = this.sessions.resetPassword(input, this.transport.deviceToken(null, context),
				client);
		if (context.isCaller(result.account())) {
			this.transport.endSession(environment);
		}
		return new ResetPasswordPayload(true, this.transport.writeDeviceToken(result.deviceToken(), context));
	}

	@MutationMapping
	ReauthenticatePayload reauthenticate(Caller caller, @Argument ReauthenticateInput input, Client client) {
		return new ReauthenticatePayload(this.sessions.reauthenticate(caller, input, client));
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
