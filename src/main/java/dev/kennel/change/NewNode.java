package dev.kennel.change;

import dev.kennel.database.AccountId;
import dev.kennel.database.NewRow;

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

}
