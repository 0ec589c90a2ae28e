package dev.kennel.session;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to set, and how to make one. */
class SigningKeyMissingFailureAnalyzer extends AbstractFailureAnalyzer<SigningKeyMissingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SigningKeyMissingException cause) {
		return new FailureAnalysis("Access tokens can't be signed: " + cause.getMessage() + ".", """
				With a PostgreSQL of your own, Kennel needs a signing key that all its instances share. Make one with

				    openssl rand -base64 32

				and set it as kennel.auth.keys[0].id and kennel.auth.keys[0].secret, for instance with the environment \
				variables KENNEL_AUTH_KEYS_0_ID (any name) and KENNEL_AUTH_KEYS_0_SECRET.""", cause);
	}

}
