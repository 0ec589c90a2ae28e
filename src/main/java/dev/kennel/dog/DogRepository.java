package dev.kennel.dog;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.kennel.change.ChangeKind;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.DogOperations;
import dev.kennel.paging.ListDefinition;
import dev.kennel.write.ChangeStatement;
import dev.kennel.write.NodeColumns;
import dev.kennel.write.NodeRepository;
import dev.kennel.write.NodeWriter;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Writes dogs, each together with its entries in the change feed. */
@Repository
class DogRepository extends NodeRepository<Dog, UpdateDogInput> {

	private static final NodeColumns<Dog, UpdateDogInput> COLUMNS = new NodeColumns<Dog, UpdateDogInput>("dogs",
			Dog::id)
		.parent("owner_id", NodeKind.OWNER, Dog::ownerId, UpdateDogInput::ownerId)
		.textWithKey("name", Dog::name, UpdateDogInput::name)
		.textWithKey("breed", Dog::breed, UpdateDogInput::breed)
		.date("birth_date", Dog::birthDate, UpdateDogInput::birthDate);

	private final NodeWriter writer;

	private final JdbcTemplate jdbc;

	private final ChangeStatement deleteOfOwner;

	private final ChangeStatement deleteManyOfOwner;

	DogRepository(NodeWriter writer, ListDefinition<Dog> definition, JdbcTemplate jdbc) {
		super(writer, definition, COLUMNS);
		this.writer = writer;
		this.jdbc = jdbc;
		String deleteOfOwner = "DELETE FROM dogs USING version WHERE dogs.user_id = ? AND owner_id = ?";
		this.deleteOfOwner = ChangeStatement.ofRows(ChangeKind.DELETED, NodeKind.DOG, deleteOfOwner + " RETURNING id");
		this.deleteManyOfOwner = ChangeStatement.ofRowsWithoutEntries(ChangeKind.DELETED, NodeKind.DOG, deleteOfOwner);
	}

	/**
	 * Deletes all dogs of an owner, in one statement, which reads and writes no more in
	 * the feed for a million dogs than for a thousand.
	 * @return the number of deleted dogs; if it is not the announced one, the caller has
	 * to throw
	 */
	int deleteByOwner(AccountId account, NodeId owner, int count) {
		List<Object> parameters = List.of(account.value(), owner.uuid());
		return (count <= NodeWriter.MAX_ENTRIES)
				? this.writer.write(account, count, this.deleteOfOwner, parameters, (row, number) -> number).size()
				: this.writer.writeWithoutEntries(account, count, this.deleteManyOfOwner, parameters);
	}

	/**
	 * Returns whether an owner has dogs, at the same cost for one dog and for a million.
	 */
	boolean existsByOwner(AccountId account, NodeId owner) {
		return !this.jdbc
			.queryForList("SELECT 1 FROM dogs WHERE user_id = ? AND owner_id = ? LIMIT 1", account.value(),
					owner.uuid())
			.isEmpty();
	}

	/** Returns the number of an owner's dogs, and the ids of the first ones. */
	DogOperations.Overview overviewByOwner(AccountId account, NodeId owner, int first) {
		return this.jdbc.query("SELECT (SELECT count(*) FROM dogs WHERE user_id = ? AND owner_id = ?), id FROM dogs "
				+ "WHERE user_id = ? AND owner_id = ? ORDER BY id LIMIT ?", (rows) -> {
					int count = 0;
					List<NodeId> ids = new ArrayList<>();
					while (rows.next()) {
						count = Math.toIntExact(rows.getLong(1));
						ids.add(NodeKind.DOG.id(rows.getObject(2, UUID.class)));
					}
					return new DogOperations.Overview(count, ids);
				}, account.value(), owner.uuid(), account.value(), owner.uuid(), first);
	}

}
