package dev.kennel.graphql.limit;

import dev.kennel.error.ApiException;
import dev.kennel.graphql.cost.OperationCost;

/** A limit of operations, with the name of its setting. */
enum Limit {

	/** The depth of fields, including those of fragments. */
	MAX_DEPTH("max-depth", "nests fields %s deep"),

	/** The depth of any nesting. */
	MAX_NESTING("max-nesting", "nests selections or values %s deep"),

	/** The number of aliases. */
	MAX_ALIASES("max-aliases", "has %s aliases"),

	/** The number of root fields. */
	MAX_ROOT_FIELDS("max-root-fields", "has %s root fields"),

	/** The number of directives. */
	MAX_DIRECTIVES("max-directives", "has %s directives"),

	/** The number of fields. */
	MAX_FIELDS("max-fields", "has %s fields"),

	/** The number of tokens of a document. */
	MAX_TOKENS("max-tokens", "has %s tokens"),

	/** The size of an input list. */
	MAX_LIST_SIZE("max-list-size", "sends a list of %s elements"),

	/** The maximum number of objects that an operation returns. */
	MAX_COST("max-cost", "can return %s objects");

	private final String setting;

	private final String description;

	Limit(String setting, String description) {
		this.setting = setting;
		this.description = description;
	}

	/**
	 * Checks a value.
	 * @param value the measured value
	 * @param max the maximum
	 * @throws ApiException with OPERATION_TOO_COMPLEX if the value exceeds the maximum
	 */
	void check(long value, long max) {
		if (value > max) {
			throw exceeded(value, max);
		}
	}

	ApiException exceeded(long value, long max) {
		return exceeded("The operation ", value, max);
	}

	/**
	 * Returns the exception for an operation that exceeds the limit together with the
	 * earlier ones of its batch.
	 */
	ApiException exceededByBatch(long value, long max) {
		return exceeded("The batch, with this operation and those before it, ", value, max);
	}

	private ApiException exceeded(String subject, long value, long max) {
		// A saturated sum is no number that the client could check.
		String number = (value >= OperationCost.SATURATED) ? "more than " + max : String.valueOf(value);
		return ApiException.tooComplex(subject + this.description.formatted(number) + "; the limit is " + max
				+ " (kennel.graphql.limits." + this.setting + ").", this.setting, value, max);
	}

}
