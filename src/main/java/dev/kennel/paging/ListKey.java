package dev.kennel.paging;

import java.util.UUID;

import dev.kennel.database.AccountId;
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
record ListKey<Q>(AccountId account, @Nullable UUID parent, Q query) {

	/** Asks something else of the same list. */
	<R> ListKey<R> with(R otherQuery) {
		return new ListKey<>(this.account, this.parent, otherQuery);
	}

}
