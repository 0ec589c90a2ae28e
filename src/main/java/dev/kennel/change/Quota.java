package dev.kennel.change;

import dev.kennel.identity.NodeKind;

/** A limit on how many objects of a kind an account may have. */
enum Quota {

	/** Owners. */
	OWNERS("owners"),

	/** Dogs. */
	DOGS("dogs");

	private final String key;

	Quota(String key) {
		this.key = key;
	}

	/** The quota of objects of a kind. */
	static Quota of(NodeKind kind) {
		return switch (kind) {
			case OWNER -> OWNERS;
			case DOG -> DOGS;
			case USER, SESSION -> throw new IllegalArgumentException("No quota of " + kind);
		};
	}

	/**
	 * Its name in settings and errors, and that of the column with the count, and of the
	 * table that is counted.
	 */
	String key() {
		return this.key;
	}

}
