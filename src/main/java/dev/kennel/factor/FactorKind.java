package dev.kennel.factor;

/** A kind of second factor. */
public enum FactorKind {

	/** One-time codes of an authenticator app. */
	TOTP,

	/** A recovery code, each of which counts once. */
	RECOVERY_CODE

}
