package dev.kennel.factor;

import java.util.List;

import dev.kennel.identity.AuthenticationMethod;
import dev.kennel.identity.Caller;

/**
 * The application event in the transaction in which a session proves a second factor or a
 * passkey.
 *
 * @param caller the account and session
 * @param methods how the session authenticated
 */
public record FactorProved(Caller caller, List<AuthenticationMethod> methods) {

	public FactorProved {
		methods = List.copyOf(methods);
	}

}
