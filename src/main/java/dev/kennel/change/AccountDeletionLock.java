package dev.kennel.change;

import dev.kennel.account.AccountDeletionStarting;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Has deletions of accounts wait for the writes that are under way, and later writes
 * refused: they begin with the account's version, and then refer to the account, which is
 * the other way round.
 */
@Component
class AccountDeletionLock {

	private final ChangeRepository changes;

	AccountDeletionLock(ChangeRepository changes) {
		this.changes = changes;
	}

	@EventListener
	void on(AccountDeletionStarting event) {
		this.changes.close(event.account());
	}

}
