package dev.kennel.change;

import dev.kennel.account.deletion.AccountDeletionStarting;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes the deletion of an account wait for the writes in progress, and refuses later
 * writes. Without it, both could deadlock: a write locks the account's version first and
 * references the account afterwards, the other way round.
 */
@Component
class AccountDeletionLock {

	private final ChangeRepository changes;

	AccountDeletionLock(ChangeRepository changes) {
		this.changes = changes;
	}

	@EventListener
	void on(AccountDeletionStarting event) {
		this.changes.refuseWrites(event.account());
	}

}
