package dev.kennel.write;

import dev.kennel.database.sql.NewRow;
import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/** A node that is inserted into an account. */
public interface NewNode {

	/**
	 * Returns the account that the node belongs to.
	 * @return the account
	 */
	AccountId account();

	/**
	 * Returns the columns that every new row starts with.
	 * @return the unique id and the creation time
	 */
	NewRow row();

	/**
	 * Returns the idempotency record of the creation, which the same statement inserts.
	 * @return the record, or null if there is none
	 */
	@Nullable IdempotencyRecord result();

}
