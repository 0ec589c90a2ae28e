package dev.kennel.account;

import java.time.OffsetDateTime;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * An account, as clients see it.
 *
 * @param id the account's id
 * @param username the name to log in with
 * @param email the email address
 * @param emailVerifiedAt when the address was verified, or null if it is not
 * @param createdAt when the account was created
 * @param updatedAt when the account was changed last
 */
public record User(NodeId id, String username, String email, @Nullable OffsetDateTime emailVerifiedAt,
		OffsetDateTime createdAt, OffsetDateTime updatedAt) {

	/**
	 * Returns the account.
	 * @return the account
	 */
	public AccountId account() {
		return new AccountId(this.id.uuid());
	}

}
