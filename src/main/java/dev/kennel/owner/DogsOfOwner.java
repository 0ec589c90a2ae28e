package dev.kennel.owner;

import java.util.List;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;

/**
 * What becomes of the dogs when an owner comes or goes. Owners do not know dogs: whoever
 * keeps the dogs implements it.
 */
public interface DogsOfOwner {

	/**
	 * Adds dogs, in the transaction that adds their owner.
	 * @param account the account
	 * @param owner the owner
	 * @param dogs the dogs to add, at least one
	 */
	void create(AccountId account, NodeId owner, List<NewDogInput> dogs);

	/**
	 * Returns whether an owner has dogs, however many.
	 * @param account the account
	 * @param owner the owner
	 * @return whether there is one
	 */
	boolean exist(AccountId account, NodeId owner);

	/**
	 * Returns how many dogs an owner has, and which are the first of them.
	 * @param account the account
	 * @param owner the owner
	 * @param first the most ids to read
	 * @return the dogs
	 */
	Overview of(AccountId account, NodeId owner, int first);

	/**
	 * Removes all of an owner's dogs, in the transaction that removes the owner, and that
	 * keeps others from adding any.
	 * @param account the account
	 * @param owner the owner
	 * @param count how many the owner has, at least one
	 */
	void delete(AccountId account, NodeId owner, int count);

	/**
	 * The dogs of an owner.
	 *
	 * @param count how many there are
	 * @param firstIds the ids of the first, oldest first
	 */
	record Overview(int count, List<NodeId> firstIds) {
	}

}
