package dev.kennel.change;

import dev.kennel.database.NewRow;
import dev.kennel.graphql.idempotency.ResultRecord;
import dev.kennel.identity.AccountId;
import org.jspecify.annotations.Nullable;

/** An object that is to be added to an account. */
public interface NewNode {

	/**
	 * Answers whose it will be.
	 * @return the account
	 */
	AccountId account();

	/**
	 * Answers what its row begins with.
	 * @return its id, which no other has, and when it is created
	 */
	NewRow row();

	/**
	 * Returns the record of its creation, for the statement that inserts its row.
	 * @return the record, or null if there is none
	 */
	@Nullable ResultRecord result();

}
