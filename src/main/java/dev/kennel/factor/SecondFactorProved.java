package dev.kennel.factor;

import java.util.List;

import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;

/**
 * Published, in the transaction, when a session has proved a second factor.
 *
 * @param caller the account and session
 * @param methods how the session was proved
 */
public record SecondFactorProved(Caller caller, List<AuthenticationMethod> methods) {

	public SecondFactorProved {
		methods = List.copyOf(methods);
	}

}
