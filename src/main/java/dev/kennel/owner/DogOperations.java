package dev.kennel.owner;

import java.util.List;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;

/**
 * The operations on the dogs of an owner that the owner package needs. It does not depend
 * on dogs: the package of dogs implements them.
 */
public interface DogOperations {

	/**
	 * Creates dogs, in the transaction that creates their owner.
	 * @param account the account
	 * @param owner the id of the owner
	 * @param dogs the dogs, at least one
	 */
	void create(AccountId account, NodeId owner, List<NewDogInput> dogs);

	/**
	 * Returns whether an owner has dogs, at a cost that does not depend on their number.
	 * @param account the account
	 * @param owner the id of the owner
	 * @return whether there is at least one
	 */
	boolean hasDogs(AccountId account, NodeId owner);

	/**
	 * Returns the number of an owner's dogs, and the ids of the first ones.
	 * @param account the account
	 * @param owner the id of the owner
	 * @param first the maximum number of ids
	 * @return the dogs
	 */
	Overview overview(AccountId account, NodeId owner, int first);

	/**
	 * Deletes all dogs of an owner, in the transaction that deletes the owner and that
	 * holds the lock of the account, so that no dog is added concurrently.
	 * @param account the account
	 * @param owner the id of the owner
	 * @param count the number of the owner's dogs, at least one
	 */
	void delete(AccountId account, NodeId owner, int count);

	/**
	 * The dogs of an owner.
	 *
	 * @param count their number
	 * @param firstIds the ids of the first, oldest first
	 */
	record Overview(int count, List<NodeId> firstIds) {
	}

}
