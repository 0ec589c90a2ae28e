package dev.kennel.factor;

import java.util.List;

import dev.kennel.account.User;

/**
 * The result of {@code confirmTotp}.
 *
 * @param user the account
 * @param recoveryCodes the recovery codes
 */
record ConfirmTotpPayload(User user, List<String> recoveryCodes) {

	ConfirmTotpPayload {
		recoveryCodes = List.copyOf(recoveryCodes);
	}

	/** Omits the secrets. */
	@Override
	public String toString() {
		return "ConfirmTotpPayload[]";
	}

}
