package dev.kennel.paging;

import java.util.Objects;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of which list. It holds the account, so that no batch can mix up whose
 * rows it is about.
 *
 * @param <Q> what can be asked: for a page, for the number of rows, whether the list goes
 * on
 * @param account whose list it is
 * @param parent the object whose list it is, or null for all of the account's
 * @param query what is asked
 */
@SuppressWarnings("ReferenceEquality")
record ListKey<Q>(AccountId account, @Nullable UUID parent, Q query) {

	/** Many lists are asked the same, but hardly any of them several things. */
	@Override
	public int hashCode() {
		return (this.parent != null) ? this.parent.hashCode() : this.account.hashCode();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ListKey<?> key && Objects.equals(this.parent, key.parent)
				&& this.account.equals(key.account) && (this.query == key.query || this.query.equals(key.query));
	}

	/** Asks something else of the same list. */
	<R> ListKey<R> with(R otherQuery) {
		return new ListKey<>(this.account, this.parent, otherQuery);
	}

}
