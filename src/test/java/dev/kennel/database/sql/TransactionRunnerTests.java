package dev.kennel.database.sql;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import dev.kennel.concurrency.Deadline;
import dev.kennel.concurrency.DeadlineExceededException;
import dev.kennel.test.TestDatabase;
import jakarta.persistence.EntityManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TransactionRunnerTests {

	private final DataSource dataSource = new DriverManagerDataSource(
			String.valueOf(TestDatabase.create().get("spring.datasource.url")), "postgres", "");

	private final JdbcTemplate jdbc = new JdbcTemplate(this.dataSource);

	private final TransactionRunner transactions = transactions(this.dataSource);

	private final GroupCommit<String, String> group = new GroupCommit<>(1, 1, (note) -> note, (notes) -> {
		throw new AssertionError("No other write is in flight");
	});

	private final AtomicInteger attempts = new AtomicInteger();

	private static TransactionRunner transactions(DataSource dataSource) {
		return new TransactionRunner(TransactionOperations.withoutTransaction(), dataSource);
	}

	@ParameterizedTest
	@ValueSource(strings = { "40001", "40P01", "55P03" })
	void transactionEndedByContentionIsRetried(String state) {
		String result = this.transactions.executeStatements(() -> {
			if (this.attempts.incrementAndGet() < TransactionRunner.ATTEMPTS) {
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", state));
			}
			return "done";
		});

		assertThat(result).isEqualTo("done");
		assertThat(this.attempts).hasValue(5);
	}

	@Test
	void attemptsAreLimitedToFive() {
		assertThatExceptionOfType(PessimisticLockingFailureException.class)
			.isThrownBy(() -> this.transactions.executeStatements(() -> {
				this.attempts.incrementAndGet();
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", "40001"));
			}));

		assertThat(this.attempts).hasValue(5);
	}

	@Test
	void otherFailureIsNotRetried() {
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> this.transactions.executeStatements(() -> {
				this.attempts.incrementAndGet();
				throw new DataIntegrityViolationException("No owner", new SQLException("No owner", "23503"));
			}));

		assertThat(this.attempts).hasValue(1);
	}

	@BeforeEach
	void createTable() {
		this.jdbc.execute("CREATE TABLE notes (note text)");
	}

	private void insert(String note) {
		this.jdbc.update("INSERT INTO notes VALUES (?)", note);
	}

	private void insertLast(String note) {
		this.transactions.executeLastStatement(this.group, note, () -> {
			insert(note);
			return note;
		});
	}

	/** Returns the notes that another connection sees. */
	private List<String> notes() {
		try (Connection other = this.dataSource.getConnection()) {
			return new JdbcTemplate(new SingleConnectionDataSource(other, true))
				.query("SELECT note FROM notes ORDER BY note", (row, number) -> String.valueOf(row.getString(1)));
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void writesBecomeVisibleAtTheCommit() {
		List<String> before = this.transactions.executeStatements(() -> {
			insert("a");
			insert("b");
			return notes();
		});

		assertThat(before).isEmpty();
		assertThat(notes()).containsExactly("a", "b");
	}

	@Test
	void failureRollsBackTheWholeTransaction() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.transactions.executeStatements(() -> {
			insert("a");
			insertLast("b");
			throw new IllegalArgumentException("On purpose");
		}));

		assertThat(notes()).isEmpty();
	}

	@Test
	void onlyStatementIsCommittedByItself() {
		List<String> within = this.transactions.executeStatements(() -> {
			insertLast("a");
			return notes();
		});

		assertThat(within).containsExactly("a");
	}

	@Test
	void statementAfterTheCommitIsRefused() {
		assertThatExceptionOfType(IllegalTransactionStateException.class)
			.isThrownBy(() -> this.transactions.executeStatements(() -> {
				insertLast("a");
				insert("b");
				return "";
			}));

		assertThat(notes()).containsExactly("a");
	}

	@Test
	void nestedTransactionJoinsTheOuterOne() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.transactions.executeStatements(() -> {
			insert("a");
			this.transactions.executeStatements(() -> {
				insert("b");
				return "";
			});
			throw new IllegalArgumentException("On purpose");
		}));

		assertThat(notes()).isEmpty();
	}

	@Test
	void afterCommitCallbackIsCalledOnceAfterTheCommit() {
		List<String> seen = new ArrayList<>();
		this.transactions.executeStatements(() -> {
			insert("a");
			onCommit(() -> seen.addAll(notes()));
			if (this.attempts.incrementAndGet() == 1) {
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", "40001"));
			}
			return "";
		});

		assertThat(seen).containsExactly("a");
		assertThat(this.attempts).hasValue(2);
	}

	private static void onCommit(Runnable callback) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				callback.run();
			}

		});
	}

	@Test
	void transactionIsRolledBackAtTheDeadline() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.call(Duration.ofSeconds(1), () -> this.transactions.executeStatements(() -> {
				insert("a");
				while (!Objects.requireNonNull(Deadline.current()).remaining().isZero()) {
					Thread.onSpinWait();
				}
				return "";
			})));

		assertThat(notes()).isEmpty();
	}

	@Test
	void workWithoutAStatementTakesNoConnection() {
		TransactionRunner unreachable = transactions(new DriverManagerDataSource("jdbc:nowhere"));

		assertThat(unreachable.<String>executeStatements(() -> "done")).isEqualTo("done");
	}

	@Test
	void committingStatementRequiresATransaction() {
		assertThatIllegalStateException().isThrownBy(() -> insertLast("a"));

		assertThat(notes()).isEmpty();
	}

	@Test
	void entitiesAreRefused() {
		JpaTransactionManager entities = new JpaTransactionManager(withoutSessions());
		entities.setDataSource(this.dataSource);

		assertThatExceptionOfType(IllegalTransactionStateException.class).isThrownBy(() -> this.transactions
			.executeStatements(() -> new TransactionTemplate(entities).execute((status) -> "never")));
	}

	private static EntityManagerFactory withoutSessions() {
		return (EntityManagerFactory) Proxy.newProxyInstance(EntityManagerFactory.class.getClassLoader(),
				new Class<?>[] { EntityManagerFactory.class }, (proxy, method, arguments) -> switch (method.getName()) {
					case "hashCode" -> 0;
					case "equals" -> arguments[0] instanceof EntityManagerFactory;
					default -> throw new AssertionError("No session is opened");
				});
	}

}
