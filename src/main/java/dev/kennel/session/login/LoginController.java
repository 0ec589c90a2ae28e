package dev.kennel.session.login;

import java.time.ZoneOffset;
import java.util.Objects;

import dev.kennel.account.profile.SignupInput;
import dev.kennel.emaillogin.BrowserSecret;
import dev.kennel.emaillogin.EmailLoginService;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.Client;
import dev.kennel.session.AuthPayload;
import dev.kennel.session.LoginResult;
import dev.kennel.session.SessionService;
import dev.kennel.session.TokenTransport;
import graphql.schema.DataFetchingEnvironment;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.stereotype.Controller;

/** The controller of sign-ups and log-ins. */
@Controller
class LoginController {

	private final SessionService sessions;

	private final LoginService logins;

	private final EmailLoginService emails;

	private final TokenTransport transport;

	LoginController(SessionService sessions, LoginService logins, EmailLoginService emails, TokenTransport transport) {
		this.sessions = sessions;
		this.logins = logins;
		this.emails = emails;
		this.transport = transport;
	}

	@MutationMapping
	AuthPayload signup(@Argument @Valid SignupInput input, Client client, DataFetchingEnvironment environment) {
		this.transport.requireWritable(OperationContext.of(environment));
		return this.transport.startSession(this.sessions.signup(input, client), environment);
	}

	@MutationMapping
	AuthPayload login(@Argument LoginInput input, Client client, DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return this.transport.startSession(this.logins.login(input, deviceToken, client), environment);
	}

	@MutationMapping
	LoginResult beginLogin(@Argument LoginInput input, Client client, DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return result(this.logins.beginLogin(input, deviceToken, client), environment);
	}

	@MutationMapping
	AuthPayload finishLogin(@Argument FinishLoginInput input, Client client, DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return this.transport.startSession(this.logins.finishLogin(input, deviceToken, client), environment);
	}

	@MutationMapping
	AuthPayload finishPasskeyLogin(@Argument FinishPasskeyLoginInput input, Client client,
			DataFetchingEnvironment environment) {
		String deviceToken = deviceToken(input.deviceToken(), environment);
		return this.transport.startSession(this.logins.finishPasskeyLogin(input, deviceToken, client), environment);
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
		LoginOutcome outcome = this.logins.finishEmailLogin(input,
				this.transport.browserSecret(input.browserSecret(), context), deviceToken, client);
		this.transport.clearBrowserSecret(context);
		return result(outcome, environment);
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
		return (outcome.issued() != null) ? this.transport.startSession(outcome.issued(), environment)
				: Objects.requireNonNull(outcome.challenge());
	}

}
