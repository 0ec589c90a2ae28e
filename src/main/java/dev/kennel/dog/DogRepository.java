package dev.kennel.dog;

import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.kennel.change.ChangeKind;
import dev.kennel.database.sql.GroupCommit;
import dev.kennel.database.sql.NewRow;
import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.DogOperations;
import dev.kennel.owner.NewDogInput;
import dev.kennel.paging.ListDefinition;
import dev.kennel.text.CaseFolding;
import dev.kennel.write.ChangeStatement;
import dev.kennel.write.InsertColumns;
import dev.kennel.write.InsertColumns.Column;
import dev.kennel.write.NewNode;
import dev.kennel.write.NodeWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.stereotype.Repository;

/** Writes dogs, each together with its entries in the change feed. */
@Repository
class DogRepository {

	private static final InsertColumns<NewDog> COLUMNS = new InsertColumns<>("dogs",
			List.of(new Column<>("owner_id", "uuid", NewDog::owner),
					new Column<>("name", "text", (dog) -> dog.input().name()),
					new Column<>("name_key", "text", (dog) -> CaseFolding.key(dog.input().name())),
					new Column<>("breed", "text", (dog) -> dog.input().breed()),
					new Column<>("breed_key", "text", (dog) -> CaseFolding.keyOrNull(dog.input().breed())),
					new Column<>("birth_date", "date", (dog) -> dog.input().birthDate())));

	private final NodeWriter writer;

	private final JdbcTemplate jdbc;

	private final ListDefinition<Dog> definition;

	private final String columns;

	private final ChangeStatement insert;

	private final ChangeStatement insertMany;

	private final GroupCommit<NewDog, Dog> group;

	private final ChangeStatement delete;

	private final ChangeStatement deleteOfOwner;

	private final ChangeStatement deleteManyOfOwner;

	/**
	 * The update statements by their assignments, of which there are few combinations.
	 */
	private final Map<String, ChangeStatement> updates = new ConcurrentHashMap<>();

	DogRepository(NodeWriter writer, JdbcTemplate jdbc, ListDefinition<Dog> definition) {
		this.writer = writer;
		this.jdbc = jdbc;
		this.definition = definition;
		this.columns = definition.allColumns();
		this.insert = ChangeStatement.ofRow(ChangeKind.CREATED, NodeKind.DOG,
				COLUMNS.insertOne() + "RETURNING " + this.columns);
		this.insertMany = ChangeStatement.ofRows(ChangeKind.CREATED, NodeKind.DOG,
				COLUMNS.insertMany() + "RETURNING " + this.columns);
		this.group = writer.group(definition, COLUMNS,
				" AND EXISTS (SELECT FROM owners WHERE owners.user_id = input.user_id AND owners.id = input.owner_id)");
		this.delete = ChangeStatement.ofRow(ChangeKind.DELETED, NodeKind.DOG,
				"DELETE FROM dogs USING version WHERE dogs.user_id = ? AND id = ? RETURNING " + this.columns);
		String deleteOfOwner = "DELETE FROM dogs USING version WHERE dogs.user_id = ? AND owner_id = ?";
		this.deleteOfOwner = ChangeStatement.ofRows(ChangeKind.DELETED, NodeKind.DOG, deleteOfOwner + " RETURNING id");
		this.deleteManyOfOwner = ChangeStatement.ofRowsWithoutEntries(ChangeKind.DELETED, NodeKind.DOG, deleteOfOwner);
	}

	/** Inserts a dog of an owner. */
	Dog insert(AccountId account, UUID owner, NewDogInput dog) {
		return insert(NewDog.of(account, owner, dog));
	}

	/**
	 * Inserts a dog of an owner as the last statement of the transaction. If it is the
	 * first one, too, dogs of other accounts may be inserted with it.
	 * @param payload returns the payload to record under the idempotency key of the
	 * request, if it has one
	 */
	Dog insertLast(AccountId account, UUID owner, NewDogInput input, Function<Dog, Object> payload) {
		NewDog newDog = NewDog.of(account, owner, input);
		NewDog dog = newDog.with(IdempotencyRecord.of(() -> payload.apply(newDog.toDog())));
		return this.writer.insertLast(this.group, dog, () -> insert(dog));
	}

	private Dog insert(NewDog dog) {
		return this.writer
			.write(dog.account(), this.insert, COLUMNS.parameters(dog), dog.result(),
					(row, number) -> this.definition.read(row))
			.getFirst();
	}

	/** Inserts dogs of an owner, in one statement. */
	List<Dog> insert(AccountId account, UUID owner, List<NewDogInput> inputs) {
		List<NewDog> dogs = inputs.stream().map((input) -> NewDog.of(account, owner, input)).toList();
		return write(account, dogs.size(), this.insertMany, COLUMNS.arrays(dogs));
	}

	/**
	 * Updates the given fields of a dog, at least one; returns null if there is no such
	 * dog.
	 */
	@Nullable Dog update(AccountId account, UUID id, UpdateDogInput input, OffsetDateTime now) {
		List<String> assignments = new ArrayList<>();
		List<@Nullable Object> parameters = new ArrayList<>();
		String name = input.name().value();
		if (name != null) {
			assignments.add("name = ?, name_key = ?");
			parameters.add(name);
			parameters.add(CaseFolding.key(name));
		}
		if (!input.breed().isOmitted()) {
			String breed = input.breed().value();
			assignments.add("breed = ?, breed_key = ?");
			parameters.add(new SqlParameterValue(Types.VARCHAR, breed));
			parameters.add(new SqlParameterValue(Types.VARCHAR, CaseFolding.keyOrNull(breed)));
		}
		if (!input.birthDate().isOmitted()) {
			assignments.add("birth_date = ?");
			parameters.add(new SqlParameterValue(Types.DATE, input.birthDate().value()));
		}
		String owner = input.ownerId().value();
		if (owner != null) {
			assignments.add("owner_id = ?");
			parameters.add(NodeKind.OWNER.uuid(owner));
		}
		parameters.add(now);
		parameters.add(account.value());
		parameters.add(id);
		ChangeStatement update = this.updates.computeIfAbsent(String.join(", ", assignments),
				(assigned) -> ChangeStatement.ofRow(ChangeKind.UPDATED, NodeKind.DOG,
						"UPDATE dogs SET " + assigned + ", updated_at = greatest(updated_at, ?) FROM version "
								+ "WHERE dogs.user_id = ? AND id = ? RETURNING " + this.columns));
		return first(write(account, 1, update, parameters));
	}

	/** Deletes a dog and returns it; null if there is no such dog. */
	@Nullable Dog delete(AccountId account, UUID id) {
		return first(write(account, 1, this.delete, List.of(account.value(), id)));
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

	private List<Dog> write(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		return this.writer.write(account, count, statement, parameters, (row, number) -> this.definition.read(row));
	}

	private static @Nullable Dog first(List<Dog> dogs) {
		return dogs.isEmpty() ? null : dogs.getFirst();
	}

	/** A dog that is inserted. */
	private record NewDog(AccountId account, UUID owner, NewRow row, NewDogInput input,
			@Nullable IdempotencyRecord result) implements NewNode {

		static NewDog of(AccountId account, UUID owner, NewDogInput input) {
			return new NewDog(account, owner, NewRow.create(), input, null);
		}

		NewDog with(@Nullable IdempotencyRecord record) {
			return new NewDog(this.account, this.owner, this.row, this.input, record);
		}

		Dog toDog() {
			return new Dog(NodeKind.DOG.id(this.row.id()), NodeKind.OWNER.id(this.owner), this.input.name(),
					this.input.breed(), this.input.birthDate(), null);
		}

	}

}
