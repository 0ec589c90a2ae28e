package dev.kennel.change;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.kennel.graphql.node.NodeKind;
import dev.kennel.test.Api;
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
	void aMutationThatIsEndedByADeadlockIsRunAgainUnnoticed() throws Exception {
		Api ann = this.api.signUp();
		UUID account = NodeKind.USER.uuid(ann.execute("{ me { id } }").text("/me/id"));
		String dog = ann.createDog(ann.createOwner("Ann"), "Rex");
		try (Connection other = this.dataSource.getConnection()) {
			other.setAutoCommit(false);
			execute(other, "SELECT 1 FROM dogs WHERE id = ? FOR UPDATE", NodeKind.DOG.uuid(dog));
			CompletableFuture<Api.Answer> update = CompletableFuture.supplyAsync(() -> ann.execute(
					"mutation ($id: ID!) { updateDog(input: {id: $id, name: \"Max\"}) { dog { name } } }",
					Map.of("id", dog)));
			awaitWaiter();
			// It has waited for longer, so it is the one that is ended.
			execute(other, "SELECT 1 FROM change_versions WHERE user_id = ? FOR UPDATE", account);
			other.commit();

			assertThat(update.join().text("/updateDog/dog/name")).isEqualTo("Max");
		}
		assertThat(ann.execute("{ myChangesCursor }").text("/myChangesCursor")).isEqualTo(ChangeCursor.encode(3));
	}

	private static void execute(Connection connection, String sql, UUID parameter) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setObject(1, parameter);
			statement.execute();
		}
	}

	/** Until somebody waits for the row of the dog. */
	private void awaitWaiter() throws SQLException {
		boolean waits = false;
		while (!waits) {
			try (Connection connection = this.dataSource.getConnection();
					PreparedStatement statement = connection
						.prepareStatement("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
								+ "AND wait_event_type = 'Lock' AND query LIKE '%UPDATE dogs%'");
					ResultSet rows = statement.executeQuery()) {
				waits = rows.next();
			}
		}
	}

}
