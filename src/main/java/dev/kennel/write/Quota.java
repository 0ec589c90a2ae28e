package dev.kennel.write;

import dev.kennel.identity.NodeKind;

/** A limit on the number of nodes of a kind in an account. */
enum Quota {

	/** Owners. */
	OWNERS("owners"),

	/** Dogs. */
	DOGS("dogs");

	private final String key;

	Quota(String key) {
		this.key = key;
	}

	/** Returns the quota of a kind of nodes. */
	static Quota of(NodeKind kind) {
		return switch (kind) {
			case OWNER -> OWNERS;
			case DOG -> DOGS;
			case USER, SESSION, PASSKEY -> throw new IllegalArgumentException("No quota of " + kind);
		};
	}

	/**
	 * Returns the name of the quota in settings and errors, which is also the name of the
	 * column with the count and of the table that is counted.
	 */
	String key() {
		return this.key;
	}

}
