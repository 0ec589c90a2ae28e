package dev.kennel.graphql.limit;

import dev.kennel.error.ApiException;

/** What is limited, by the name of its setting. */
enum Limit {

	/** How deep fields are nested, fragments included. */
	MAX_DEPTH("max-depth", "nests fields %d deep"),

	/** How deep anything is nested. */
	MAX_NESTING("max-nesting", "nests selections or values %d deep"),

	/** How many fields have an alias. */
	MAX_ALIASES("max-aliases", "has %d aliases"),

	/** How many fields of the root type there are. */
	MAX_ROOT_FIELDS("max-root-fields", "has %d root fields"),

	/** How many directives there are. */
	MAX_DIRECTIVES("max-directives", "has %d directives"),

	/** How many fields there are. */
	MAX_FIELDS("max-fields", "has %d fields"),

	/** How long a document is. */
	MAX_TOKENS("max-tokens", "has %d tokens"),

	/** How long a list is that is sent. */
	MAX_LIST_SIZE("max-list-size", "sends a list of %d elements"),

	/** How many objects an operation can return. */
	MAX_COST("max-cost", "can return %d objects");

	private final String setting;

	private final String description;

	Limit(String setting, String description) {
		this.setting = setting;
		this.description = description;
	}

	/**
	 * Refuses what exceeds the limit.
	 * @param value what there is
	 * @param max what there may be
	 * @throws ApiException with OPERATION_TOO_COMPLEX if there is more
	 */
	void check(long value, long max) {
		if (value > max) {
			throw exceeded(value, max);
		}
	}

	ApiException exceeded(long value, long max) {
		return exceeded("The operation ", value, max);
	}

	/** Refuses an operation that exceeds the limit with those before it in its batch. */
	ApiException exceededByBatch(long value, long max) {
		return exceeded("The batch, with this operation and those before it, ", value, max);
	}

	private ApiException exceeded(String subject, long value, long max) {
		return ApiException.tooComplex(subject + this.description.formatted(value) + "; the limit is " + max
				+ " (kennel.graphql.limits." + this.setting + ").", this.setting, value, max);
	}

}
