package dev.kennel.database;

import java.util.UUID;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;

/**
 * The primary key of everything that belongs to an account: the account leads.
 *
 * @param userId the account
 * @param id the row's own id
 */
@Embeddable
public record RowKey(@Column(name = "user_id") UUID userId, @Column(name = "id") UUID id) {

	/**
	 * Makes the key of a row.
	 * @param account the account that it belongs to
	 * @param id the row's own id
	 * @return the key
	 */
	public static RowKey of(AccountId account, UUID id) {
		return new RowKey(account.value(), id);
	}

}
