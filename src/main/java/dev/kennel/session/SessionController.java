package dev.kennel.session;

import dev.kennel.account.SignupInput;
import dev.kennel.graphql.Caller;
import jakarta.validation.Valid;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.stereotype.Controller;

/** The fields about logging in and out. */
@Controller
class SessionController {

	private final SessionService sessions;

	SessionController(SessionService sessions) {
		this.sessions = sessions;
	}

	@MutationMapping
	AuthPayload signup(@Argument @Valid SignupInput input) {
		return this.sessions.signup(input);
	}

	@MutationMapping
	AuthPayload login(@Argument LoginInput input) {
		return this.sessions.login(input);
	}

	@MutationMapping
	LogoutPayload logout(Caller caller) {
		this.sessions.logout(caller);
		return new LogoutPayload(true);
	}

}
