package dev.kennel.session.reauthentication;

import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.MutationMapping;
import org.springframework.stereotype.Controller;

/** The controller of further proofs of sessions. */
@Controller
class ReauthenticationController {

	private final ReauthenticationService reauthentications;

	ReauthenticationController(ReauthenticationService reauthentications) {
		this.reauthentications = reauthentications;
	}

	@MutationMapping
	ReauthenticatePayload reauthenticate(Caller caller, @Argument ReauthenticateInput input, Client client) {
		return new ReauthenticatePayload(this.reauthentications.reauthenticate(caller, input, client));
	}

}
