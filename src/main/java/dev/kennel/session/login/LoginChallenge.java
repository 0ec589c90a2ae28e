package dev.kennel.session.login;

import java.time.OffsetDateTime;
import java.util.List;

import dev.kennel.factor.FactorKind;
import dev.kennel.session.LoginResult;

/**
 * The challenge of a log-in that has proved the password or the address, and needs a
 * second factor.
 *
 * @param token the token for {@code finishLogin}
 * @param expiresAt until when it is valid
 * @param factors the kinds of factors that it accepts
 */
record LoginChallenge(String token, OffsetDateTime expiresAt, List<FactorKind> factors) implements LoginResult {

	LoginChallenge {
		factors = List.copyOf(factors);
	}

	/** Omits the token. */
	@Override
	public String toString() {
		return "LoginChallenge[expiresAt=" + this.expiresAt + "]";
	}

}
