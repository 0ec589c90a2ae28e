package dev.kennel.paging;

import java.util.Objects;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * The key of a batch loader: a query on a list. It includes the account, so that no batch
 * can mix the rows of two accounts.
 *
 * @param <Q> the type of the query: for a page, for the number of rows, for whether there
 * are more
 * @param account the account whose rows are read
 * @param parent the id of the node that the list belongs to, or null for all rows of the
 * account
 * @param query the query
 */
@SuppressWarnings("ReferenceEquality")
record ListKey<Q>(AccountId account, @Nullable UUID parent, Q query) {

	/** The lists of a batch differ, while their queries are mostly the same. */
	@Override
	public int hashCode() {
		return (this.parent != null) ? this.parent.hashCode() : this.account.hashCode();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ListKey<?> key && Objects.equals(this.parent, key.parent)
				&& this.account.equals(key.account) && (this.query == key.query || this.query.equals(key.query));
	}

	/** Returns a key for another query on the same list. */
	<R> ListKey<R> with(R otherQuery) {
		return new ListKey<>(this.account, this.parent, otherQuery);
	}

}
