package dev.kennel.session.token;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports which setting needs a key, and the command that generates one. */
class SigningKeyFailureAnalyzer extends AbstractFailureAnalyzer<SigningKeyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SigningKeyException cause) {
		String member = (cause.algorithm() == SigningAlgorithm.HS256) ? "secret" : "private-key";
		return new FailureAnalysis("Access tokens can't be signed: " + cause.getMessage() + ".",
				"""
						With a PostgreSQL of your own, Kennel needs a signing key that all its instances share: %s. Make one with

						    %s

						and set it as kennel.auth.keys[%d].%s, beside a name of your choice as kennel.auth.keys[%d].id: for \
						instance with the environment variables KENNEL_AUTH_KEYS_%d_ID and KENNEL_AUTH_KEYS_%d_%s."""
					.formatted(cause.algorithm().keyDescription(), cause.algorithm().keyCommand(), cause.index(),
							member, cause.index(), cause.index(), cause.index(),
							member.toUpperCase(java.util.Locale.ROOT).replace("-", "")),
				cause);
	}

}
