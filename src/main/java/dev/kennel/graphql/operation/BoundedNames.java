package dev.kennel.graphql.operation;

import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.kennel.identity.AccountId;

/**
 * Names that clients choose and that Kennel keeps, in a bounded number. An authenticated
 * operation adds a name, and an account adds a few, so that invented names do not use up
 * the number. A name is never removed, because its counts would be lost.
 *
 * @param <N> the type of the names
 */
public final class BoundedNames<N> {

	/** The maximum number of names. */
	static final int MAX_NAMES = 100;

	/** The maximum number of names that an account adds. */
	static final int MAX_NAMES_PER_ACCOUNT = 10;

	/** The names, each with the account that has added it. */
	private final Map<N, AccountId> names = new ConcurrentHashMap<>();

	/**
	 * Returns whether a name is one of these.
	 * @param name the name
	 * @return whether it has been added
	 */
	boolean contains(N name) {
		return this.names.containsKey(name);
	}

	/**
	 * Adds a name, unless it is one of these already.
	 * @param name the name
	 * @param context the context of the operation that has the name
	 * @return false if the operation has no valid access token, or if there are too many
	 * names
	 */
	public boolean add(N name, OperationContext context) {
		return contains(name)
				|| (size() < MAX_NAMES && context.isAuthenticated() && add(name, context.caller().account()));
	}

	synchronized boolean add(N name, AccountId account) {
		if (contains(name)) {
			return true;
		}
		if (this.names.size() >= MAX_NAMES
				|| Collections.frequency(this.names.values(), account) >= MAX_NAMES_PER_ACCOUNT) {
			return false;
		}
		this.names.put(name, account);
		return true;
	}

	/**
	 * Returns the number of names.
	 * @return the number
	 */
	public int size() {
		return this.names.size();
	}

}
