package dev.kennel.database;

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

	private final AtomicInteger attempts = new AtomicInteger();

	private static TransactionRunner transactions(DataSource dataSource) {
		return new TransactionRunner(TransactionOperations.withoutTransaction(), dataSource);
	}

	@ParameterizedTest
	@ValueSource(strings = { "40001", "40P01", "55P03" })
	void whatGaveWayToAnotherIsRunAgain(String state) {
		String answer = this.transactions.executeStatements(() -> {
			if (this.attempts.incrementAndGet() < TransactionRunner.ATTEMPTS) {
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
			.isThrownBy(() -> this.transactions.executeStatements(() -> {
				this.attempts.incrementAndGet();
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", "40001"));
			}));

		assertThat(this.attempts).hasValue(5);
	}

	@Test
	void whatFailsForAReasonOfItsOwnIsNotRunAgain() {
		assertThatExceptionOfType(DataIntegrityViolationException.class)
			.isThrownBy(() -> this.transactions.executeStatements(() -> {
				this.attempts.incrementAndGet();
				throw new DataIntegrityViolationException("No owner", new SQLException("No owner", "23503"));
			}));

		assertThat(this.attempts).hasValue(1);
	}

	@BeforeEach
	void makeATable() {
		this.jdbc.execute("CREATE TABLE notes (note text)");
	}

	private void note(String note) {
		this.jdbc.update("INSERT INTO notes VALUES (?)", note);
	}

	/** What others see. */
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
	void whatIsDoneIsSeenByOthersAfterwardsAndAllAtOnce() {
		List<String> before = this.transactions.executeStatements(() -> {
			note("a");
			note("b");
			return notes();
		});

		assertThat(before).isEmpty();
		assertThat(notes()).containsExactly("a", "b");
	}

	@Test
	void whatFailsIsUndoneWithAllThatWasBeforeIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.transactions.executeStatements(() -> {
			note("a");
			this.transactions.executeCommitting(() -> {
				note("b");
				return "";
			});
			throw new IllegalArgumentException("On purpose");
		}));

		assertThat(notes()).isEmpty();
	}

	@Test
	void aStatementThatIsTheFirstAndTheLastIsCommittedByItself() {
		List<String> within = this.transactions.executeStatements(() -> {
			this.transactions.executeCommitting(() -> {
				note("a");
				return "";
			});
			return notes();
		});

		assertThat(within).containsExactly("a");
	}

	@Test
	void noStatementFollowsOnOneThatWasCommittedByItself() {
		assertThatExceptionOfType(IllegalTransactionStateException.class)
			.isThrownBy(() -> this.transactions.executeStatements(() -> {
				this.transactions.executeCommitting(() -> {
					note("a");
					return "";
				});
				note("b");
				return "";
			}));

		assertThat(notes()).containsExactly("a");
	}

	@Test
	void aTransactionWithinAnotherIsPartOfIt() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.transactions.executeStatements(() -> {
			note("a");
			this.transactions.executeStatements(() -> {
				note("b");
				return "";
			});
			throw new IllegalArgumentException("On purpose");
		}));

		assertThat(notes()).isEmpty();
	}

	@Test
	void whatWaitsForTheCommitIsCalledOnceAndOnlyAfterIt() {
		List<String> seen = new ArrayList<>();
		this.transactions.executeStatements(() -> {
			note("a");
			atCommit(() -> seen.addAll(notes()));
			if (this.attempts.incrementAndGet() == 1) {
				throw new PessimisticLockingFailureException("No luck", new SQLException("No luck", "40001"));
			}
			return "";
		});

		assertThat(seen).containsExactly("a");
		assertThat(this.attempts).hasValue(2);
	}

	private static void atCommit(Runnable callback) {
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				callback.run();
			}

		});
	}

	@Test
	void whatIsNotCommittedAtTheDeadlineIsUndone() {
		assertThatExceptionOfType(DeadlineExceededException.class)
			.isThrownBy(() -> Deadline.call(Duration.ofSeconds(1), () -> this.transactions.executeStatements(() -> {
				note("a");
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
	void whatBelongsInATransactionIsNotRunOutsideOfOne() {
		assertThatIllegalStateException().isThrownBy(() -> this.transactions.executeCommitting(() -> {
			note("a");
			return "";
		}));

		assertThat(notes()).isEmpty();
	}

	@Test
	void anEntityHasNoPartInIt() {
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
