package dev.kennel.passkey;

import java.util.List;

import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;

/** The errors of credentials in inputs. */
final class CredentialError {

	private CredentialError() {
	}

	/** Returns the error for text that is not the JSON of a credential. */
	static ApiException malformed(String member) {
		return ApiException.badUserInput(List.of(violation(member, "FORMAT",
				"The credential is not the JSON of PublicKeyCredential.toJSON(), or is too long.")));
	}

	/** Returns the error for the answer to an invalid challenge. */
	static ApiException invalidChallenge(String member) {
		return ApiException.badUserInput(List.of(violation(member, "INVALID_TOKEN",
				"The challenge has expired, was used, or is for another purpose. Begin again.")));
	}

	/** Returns the error for a credential that is not valid, or that is unknown. */
	static ApiException wrong(String member) {
		return ApiException
			.badUserInput(List.of(violation(member, "WRONG_PASSKEY", "This passkey is unknown, or not valid here.")));
	}

	/** Returns the error for a credential that the account has already. */
	static ApiException taken(String member) {
		String message = "This passkey is registered already.";
		return ApiException.conflict(message, List.of(violation(member, "TAKEN", message)));
	}

	private static Violation violation(String member, String code, String message) {
		return new Violation(List.of("input", member), code, message);
	}

}
