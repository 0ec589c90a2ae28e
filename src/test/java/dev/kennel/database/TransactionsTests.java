package dev.kennel.database;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.transaction.support.TransactionOperations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TransactionsTests {

	private final Transactions transactions = new Transactions(TransactionOperations.withoutTransaction());

	private final AtomicInteger attempts = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(strings = { "40001", "40P01", "55P03" })
	void whatGaveWayToAnotherIsRunAgain(String state) {
		String answer = this.transactions.execute(() -> {
			if (this.attempts.incrementAndGet() < Transactions.ATTEMPTS) {
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", state));
			}
			return "done";
		});

		assertThat(answer).isEqualTo("done");
		assertThat(this.attempts).hasValue(5);
	}

	@Test
	void itIsRunSoManyTimesAndNoMore() {
		assertThatExceptionOfType(PessimisticLockingFailureException.class)
			.isThrownBy(() -> this.transactions.execute(() -> {
				this.attempts.incrementAndGet();
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", "40001"));
			}));

		assertThat(this.attempts).hasValue(5);
	}

	@Test
	void whatFailsForAReasonOfItsOwnIsNotRunAgain() {
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> this.transactions.execute(() -> {
				this.attempts.incrementAndGet();
				throw new DataIntegrityViolationException("No owner", new SQLException("No owner", "23503"));
			}));

		assertThat(this.attempts).hasValue(1);
	}

}
