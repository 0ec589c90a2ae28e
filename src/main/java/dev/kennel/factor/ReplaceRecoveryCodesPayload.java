package dev.kennel.factor;

import java.util.List;

/**
 * The result of {@code replaceRecoveryCodes}.
 *
 * @param recoveryCodes the recovery codes
 */
record ReplaceRecoveryCodesPayload(List<String> recoveryCodes) {

	ReplaceRecoveryCodesPayload {
		recoveryCodes = List.copyOf(recoveryCodes);
	}

	/** Omits the secrets. */
	@Override
	public String toString() {
		return "ReplaceRecoveryCodesPayload[]";
	}

}
