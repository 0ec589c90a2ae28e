package dev.kennel.account.deletion;

import dev.kennel.account.password.PasswordService;
import dev.kennel.audit.SecurityEvent;
import dev.kennel.audit.SecurityLog;
import dev.kennel.database.sql.TransactionRunner;
import dev.kennel.error.ApiException;
import dev.kennel.identity.Caller;
import dev.kennel.identity.Client;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;

/** Deletes accounts. */
@Service
class AccountDeletionService {

	private final DeletedAccountRepository accounts;

	private final PasswordService passwords;

	private final SecurityLog log;

	private final ApplicationEventPublisher events;

	private final TransactionRunner transactions;

	AccountDeletionService(DeletedAccountRepository accounts, PasswordService passwords, SecurityLog log,
			ApplicationEventPublisher events, TransactionRunner transactions) {
		this.accounts = accounts;
		this.passwords = passwords;
		this.log = log;
		this.events = events;
		this.transactions = transactions;
	}

	/**
	 * Deletes an account: from the commit on, no query returns it, no statement writes to
	 * it, and its name and address are free. Its rows are removed in the background.
	 * @param caller the account and session
	 * @param input the password
	 * @param client the client that sent the request
	 * @throws ApiException with BAD_USER_INPUT if the password is wrong, with
	 * RATE_LIMITED after too many wrong passwords, with CONFLICT if the password was
	 * changed concurrently, with UNAUTHENTICATED if the session has ended meanwhile
	 */
	void delete(Caller caller, DeleteMeInput input, Client client) {
		String hash = this.passwords.require(caller, input.password(), "password", client);
		this.transactions.execute(() -> {
			this.events.publishEvent(new AccountDeletionStarting(caller.account()));
			// A concurrent insert into the account waits for this lock, and then fails.
			this.passwords.lock(caller, hash);
			this.events.publishEvent(new BeforeAccountDeletion(caller.account(), client));
			this.accounts.markDeleted(caller.account());
			return caller.account();
		});
		this.log.record(SecurityEvent.ACCOUNT_DELETED, caller.account(), caller.session(), client);
	}

}
