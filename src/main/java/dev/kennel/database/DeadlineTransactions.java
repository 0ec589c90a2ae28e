package dev.kennel.database;

import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.TransactionDefinition;

/**
 * Transactions that end with the deadline of their thread: Hibernate's statements too.
 */
class DeadlineTransactions extends JpaTransactionManager {

	@Override
	protected int determineTimeout(TransactionDefinition definition) {
		Deadline deadline = Deadline.current();
		return (deadline != null && definition.getTimeout() == TransactionDefinition.TIMEOUT_DEFAULT)
				? deadline.remainingSeconds() : super.determineTimeout(definition);
	}

}
