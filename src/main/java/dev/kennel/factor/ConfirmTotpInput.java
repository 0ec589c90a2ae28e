package dev.kennel.factor;

/**
 * The input of {@code confirmTotp}.
 *
 * @param code a code of the new secret
 */
record ConfirmTotpInput(String code) {

	/** Omits the secrets. */
	@Override
	public String toString() {
		return "ConfirmTotpInput[]";
	}

}
