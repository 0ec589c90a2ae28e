package dev.kennel.account.deletion;

import java.util.List;
import java.util.UUID;

import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.KennelTest;
import dev.kennel.test.TestMail;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Failures and batches of the removal in the background. */
@KennelTest
class AccountCleanerTests {

	private final Api api;

	private final JdbcClient jdbc;

	private final AccountCleaner cleaner;

	private final DeletedAccountRepository repository;

	private final String name = "x" + UUID.randomUUID().toString().replace("-", "").substring(0, 20);

	AccountCleanerTests(Api api, JdbcClient jdbc, AccountCleaner cleaner, DeletedAccountRepository repository) {
		this.api = api;
		this.jdbc = jdbc;
		this.cleaner = cleaner;
		this.repository = repository;
	}

	private UUID accountWithADog() {
		Api client = this.api.signUp();
		client.createDog(client.createOwner("Ann"), "Rex");
		return NodeKind.USER.uuid(client.execute("{ me { id } }").text("/me/id"));
	}

	private void markDeleted(UUID account) {
		this.jdbc.sql("UPDATE users SET deleted_at = clock_timestamp() WHERE id = ?").param(account).update();
	}

	private int left(String condition, Object parameter) {
		return this.jdbc.sql("SELECT count(*)::int FROM users WHERE " + condition)
			.param(parameter)
			.query(Integer.class)
			.single();
	}

	@Test
	void failureOfOneAccountDoesNotBlockOthers() {
		UUID first = accountWithADog();
		UUID second = accountWithADog();
		this.jdbc
			.sql("CREATE FUNCTION refuse_removal() RETURNS trigger LANGUAGE plpgsql AS "
					+ "$$ BEGIN RAISE EXCEPTION 'refused'; END $$")
			.update();
		this.jdbc
			.sql("CREATE TRIGGER refuse_removal BEFORE DELETE ON dogs FOR EACH ROW WHEN (OLD.user_id = '" + first
					+ "') EXECUTE FUNCTION refuse_removal()")
			.update();
		try {
			markDeleted(first);
			markDeleted(second);

			this.cleaner.clean();

			TestMail.await(() -> left("id = ?", second), (rows) -> rows == 0);
			assertThat(left("id = ?", first)).isEqualTo(1);
		}
		finally {
			this.jdbc.sql("DROP TRIGGER refuse_removal ON dogs").update();
			this.jdbc.sql("DROP FUNCTION refuse_removal()").update();
		}
		this.cleaner.clean();
		TestMail.await(() -> left("id = ?", first), (rows) -> rows == 0);
	}

	/** A page has a hundred accounts. */
	@Test
	void twoHundredAccountsAreRemovedInOneRun() {
		this.jdbc
			.sql("INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at, "
					+ "updated_at, deleted_at) SELECT gen_random_uuid(), n, n, n, n, '', now(), now(), now() "
					+ "FROM (SELECT ? || i AS n FROM generate_series(1, 200) AS i) AS names")
			.param(this.name)
			.update();

		this.cleaner.clean();

		TestMail.await(() -> left("username LIKE ?", this.name + "%"), (rows) -> rows == 0);
	}

	/** So that no statement takes long, regardless of the number of rows. */
	@Test
	void rowsAreRemovedInBatchesOfTwoThousand() {
		UUID account = accountWithADog();
		this.jdbc
			.sql("INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at) "
					+ "SELECT user_id, gen_random_uuid(), owner_id, 'n', 'n', now(), now() "
					+ "FROM dogs, generate_series(1, 4000) WHERE user_id = ?")
			.param(account)
			.update();
		this.jdbc.sql("CREATE TABLE removals (id bigint GENERATED ALWAYS AS IDENTITY, number int)").update();
		this.jdbc
			.sql("CREATE FUNCTION note_removal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
					+ "INSERT INTO removals (number) SELECT count(*) FROM gone WHERE user_id = '" + account
					+ "' HAVING count(*) > 0; RETURN NULL; END $$")
			.update();
		this.jdbc
			.sql("CREATE TRIGGER note_removal AFTER DELETE ON dogs REFERENCING OLD TABLE AS gone "
					+ "FOR EACH STATEMENT EXECUTE FUNCTION note_removal()")
			.update();
		try {
			markDeleted(account);
			this.cleaner.clean();
			TestMail.await(() -> left("id = ?", account), (rows) -> rows == 0);

			assertThat(this.jdbc.sql("SELECT number FROM removals ORDER BY id").query(Integer.class).list())
				.containsExactly(2_000, 2_000, 1);
		}
		finally {
			this.jdbc.sql("DROP TRIGGER note_removal ON dogs").update();
			this.jdbc.sql("DROP FUNCTION note_removal()").update();
			this.jdbc.sql("DROP TABLE removals").update();
		}
	}

	@Test
	void removalOutsideOfATransactionIsRefused() {
		AccountId account = new AccountId(accountWithADog());

		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.repository.removePersonal(account));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.repository.claim(account));
		assertThat(this.jdbc.sql("SELECT name FROM dogs WHERE user_id = ?")
			.param(account.value())
			.query(String.class)
			.list()).isEqualTo(List.of("Rex"));
	}

}
