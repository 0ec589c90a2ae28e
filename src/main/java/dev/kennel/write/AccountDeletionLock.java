package dev.kennel.write;

import dev.kennel.account.deletion.AccountDeletionStarting;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Makes the deletion of an account wait for the writes in progress, and refuses later
 * writes. Without it, both could deadlock: a write locks the account's version first, and
 * the account by a foreign key afterwards. A deletion locks them in the opposite order.
 */
@Component
class AccountDeletionLock {

	private final NodeWriter writer;

	AccountDeletionLock(NodeWriter writer) {
		this.writer = writer;
	}

	@EventListener
	void on(AccountDeletionStarting event) {
		this.writer.refuseWrites(event.account());
	}

}
