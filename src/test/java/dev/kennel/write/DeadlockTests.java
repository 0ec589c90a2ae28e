package dev.kennel.write;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.kennel.change.Cursors;
import dev.kennel.identity.NodeKind;
import dev.kennel.test.Api;
import dev.kennel.test.HeldRow;
import dev.kennel.test.KennelTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

@KennelTest
class DeadlockTests {

	private final Api api;

	private final DataSource dataSource;

	DeadlockTests(Api api, DataSource dataSource) {
		this.api = api;
		this.dataSource = dataSource;
	}

	@Test
	void mutationAbortedByADeadlockIsRetried() throws Exception {
		Api ann = this.api.signUp();
		UUID account = NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id"));
		String dog = ann.createDog(ann.createOwner("Ann"), "Rex");
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM dogs WHERE id = ? FOR UPDATE",
				NodeKind.DOG.uuid(dog))) {
			CompletableFuture<Api.Response> update = CompletableFuture.supplyAsync(() -> ann.execute(
					"mutation ($id: ID!) { updateDog(input: {id: $id, name: \"Max\"}) { dog { name } } }",
					Map.of("id", dog)));
			row.awaitWaiter("%UPDATE dogs%");
			// Only the other transaction checks for a deadlock, so that it is the one
			// that is aborted.
			row.execute("SET LOCAL deadlock_timeout = '30s'");
			row.execute("SELECT 1 FROM change_versions WHERE user_id = ? FOR UPDATE", account);
			row.commit();

			assertThat(update.join().text("/updateDog/dog/name")).isEqualTo("Max");
		}
		assertThat(Cursors.version(ann.execute("{ myChangesCursor }").text("/myChangesCursor"))).isEqualTo(3);
	}

	/**
	 * The write holds the lock of the account's version, and references the account next.
	 */
	@Test
	void accountDeletionWaitsForTheWriteInProgress() throws Exception {
		Api ann = this.api.signUp();
		UUID account = NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id"));
		String owner = ann.createOwner("Ann");
		try (HeldRow row = new HeldRow(this.dataSource, "SELECT 1 FROM change_versions WHERE user_id = ? FOR UPDATE",
				account)) {
			CompletableFuture<Api.Response> deletion = CompletableFuture.supplyAsync(
					() -> ann.execute("mutation ($input: DeleteMeInput!) { deleteMe(input: $input) { deletedUserId } }",
							Map.of("input", Map.of("password", Api.PASSWORD))));
			row.awaitWaiter("%final_version%");
			row.execute(
					"INSERT INTO dogs (user_id, id, owner_id, name, name_key, created_at, updated_at) "
							+ "VALUES (?, ?, ?, 'Rex', 'rex', now(), now())",
					account, UUID.randomUUID(), NodeKind.OWNER.uuid(owner));
			row.commit();

			assertThat(deletion.join().codes()).isEmpty();
		}
		assertThat(ann.execute("{ me { id } }").codes()).containsExactly("UNAUTHENTICATED");
	}

}
