package dev.kennel.dog;

import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.kennel.change.ChangeKind;
import dev.kennel.change.ChangeRepository;
import dev.kennel.change.ChangeStatement;
import dev.kennel.change.NewNode;
import dev.kennel.database.GroupCommit;
import dev.kennel.database.NewRow;
import dev.kennel.database.UuidArray;
import dev.kennel.graphql.idempotency.ResultRecord;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.DogsOfOwner;
import dev.kennel.owner.NewDogInput;
import dev.kennel.paging.ListDefinition;
import dev.kennel.text.CaseFolding;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Repository;

/** Writes dogs, each together with its entries in the change feed. */
@Repository
class DogRepository {

	private static final String INSERT = """
			INSERT INTO dogs (user_id, owner_id, id, created_at, updated_at, name, name_key, breed, breed_key,
			    birth_date)
			""";

	private final ChangeRepository changes;

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

	DogRepository(ChangeRepository changes, JdbcTemplate jdbc, ListDefinition<Dog> definition) {
		this.changes = changes;
		this.jdbc = jdbc;
		this.definition = definition;
		this.columns = definition.allColumns();
		this.insert = ChangeStatement.ofRow(ChangeKind.CREATED, NodeKind.DOG, INSERT + """
				SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM version
				RETURNING\s""" + this.columns);
		this.insertMany = ChangeStatement.ofRows(ChangeKind.CREATED, NodeKind.DOG, INSERT + """
				SELECT ?, ?, dog.id, dog.created_at, dog.created_at, dog.name, dog.name_key, dog.breed,
				  dog.breed_key, dog.birth_date
				FROM version, unnest(?, ?, ?, ?, ?, ?, ?)
				  AS dog (id, created_at, name, name_key, breed, breed_key, birth_date)
				RETURNING\s""" + this.columns);
		this.group = changes.group(definition, ChangeStatement.ofAccounts(NodeKind.DOG,
				List.of("user_id uuid", "owner_id uuid", "id uuid", "created_at timestamptz", "name text",
						"name_key text", "breed text", "breed_key text", "birth_date date"),
				" AND EXISTS (SELECT FROM owners WHERE owners.user_id = input.user_id AND owners.id = input.owner_id)",
				INSERT + """
						SELECT user_id, owner_id, id, created_at, created_at, name, name_key, breed, breed_key, birth_date
						FROM version
						RETURNING\s"""
						+ this.columns),
				DogRepository::arraysOfAccounts);
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
		NewDog dog = newDog.with(ResultRecord.of(() -> payload.apply(newDog.toDog())));
		return this.changes.insertLast(this.group, dog, () -> insert(dog));
	}

	private Dog insert(NewDog dog) {
		return this.changes.write(dog.account(), this.insert, Arrays.asList(dog.account().value(), dog.owner(),
				dog.row().id(), dog.row().createdAt(), dog.row().createdAt(), dog.name(), dog.nameKey(),
				new SqlParameterValue(Types.VARCHAR, dog.breed()), new SqlParameterValue(Types.VARCHAR, dog.breedKey()),
				new SqlParameterValue(Types.DATE, dog.birthDate())), dog.result(),
				(row, number) -> this.definition.read(row))
			.getFirst();
	}

	/** Inserts dogs of an owner, in one statement. */
	List<Dog> insert(AccountId account, UUID owner, List<NewDogInput> inputs) {
		List<NewDog> dogs = inputs.stream().map((input) -> NewDog.of(account, owner, input)).toList();
		List<Object> parameters = new ArrayList<>(List.of(account.value(), owner));
		parameters.addAll(arrays(dogs));
		return write(account, dogs.size(), this.insertMany, parameters);
	}

	private static List<Object> arraysOfAccounts(List<NewDog> dogs) {
		List<Object> arrays = new ArrayList<>();
		arrays.add(new UuidArray(dogs.stream().map((dog) -> dog.account().value()).toList()));
		arrays.add(new UuidArray(dogs.stream().map(NewDog::owner).toList()));
		arrays.addAll(arrays(dogs));
		return arrays;
	}

	/** Returns the parameters that differ among the dogs of an owner. */
	private static List<Object> arrays(List<NewDog> dogs) {
		return List.of(new UuidArray(dogs.stream().map((dog) -> dog.row().id()).toList()),
				array("timestamptz", dogs, (dog) -> dog.row().createdAt()), array("text", dogs, NewDog::name),
				array("text", dogs, NewDog::nameKey), array("text", dogs, NewDog::breed),
				array("text", dogs, NewDog::breedKey), array("date", dogs, NewDog::birthDate));
	}

	// A null element is NULL.
	@SuppressWarnings("NullAway")
	private static SqlArrayValue array(String elementType, List<NewDog> dogs,
			Function<NewDog, @Nullable Object> element) {
		return new SqlArrayValue(elementType, dogs.stream().map(element).toArray());
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
			parameters.add(new SqlParameterValue(Types.VARCHAR, (breed != null) ? CaseFolding.key(breed) : null));
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
		return (count <= ChangeRepository.MAX_ENTRIES)
				? this.changes.write(account, count, this.deleteOfOwner, parameters, (row, number) -> number).size()
				: this.changes.writeWithoutEntries(account, count, this.deleteManyOfOwner, parameters);
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
	DogsOfOwner.Overview overviewByOwner(AccountId account, NodeId owner, int first) {
		return this.jdbc.query("SELECT (SELECT count(*) FROM dogs WHERE user_id = ? AND owner_id = ?), id FROM dogs "
				+ "WHERE user_id = ? AND owner_id = ? ORDER BY id LIMIT ?", (rows) -> {
					int count = 0;
					List<NodeId> ids = new ArrayList<>();
					while (rows.next()) {
						count = Math.toIntExact(rows.getLong(1));
						ids.add(NodeKind.DOG.id(rows.getObject(2, UUID.class)));
					}
					return new DogsOfOwner.Overview(count, ids);
				}, account.value(), owner.uuid(), account.value(), owner.uuid(), first);
	}

	private List<Dog> write(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		return this.changes.write(account, count, statement, parameters, (row, number) -> this.definition.read(row));
	}

	private static @Nullable Dog first(List<Dog> dogs) {
		return dogs.isEmpty() ? null : dogs.getFirst();
	}

	/** A dog that is inserted. */
	private record NewDog(AccountId account, UUID owner, NewRow row, String name, String nameKey,
			@Nullable String breed, @Nullable String breedKey, @Nullable LocalDate birthDate,
			@Nullable ResultRecord result) implements NewNode {

		static NewDog of(AccountId account, UUID owner, NewDogInput input) {
			String breed = input.breed();
			return new NewDog(account, owner, NewRow.create(), input.name(), CaseFolding.key(input.name()), breed,
					(breed != null) ? CaseFolding.key(breed) : null, input.birthDate(), null);
		}

		NewDog with(@Nullable ResultRecord record) {
			return new NewDog(this.account, this.owner, this.row, this.name, this.nameKey, this.breed, this.breedKey,
					this.birthDate, record);
		}

		Dog toDog() {
			return new Dog(NodeKind.DOG.id(this.row.id()), NodeKind.OWNER.id(this.owner), this.name, this.breed,
					this.birthDate, null);
		}

	}

}
