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

import dev.kennel.change.ChangeKind;
import dev.kennel.change.ChangeRepository;
import dev.kennel.change.ChangeStatement;
import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.database.NewRow;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.owner.NewDogInput;
import dev.kennel.paging.Listing;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Repository;

/** Writes dogs, each write with its entries in the change feed. */
@Repository
class DogRepository {

	private static final String INSERT = """
			INSERT INTO dogs (user_id, owner_id, id, created_at, updated_at, name, name_key, breed, breed_key,
			    birth_date)
			""";

	private final ChangeRepository changes;

	private final JdbcTemplate jdbc;

	private final Listing<Dog> listing;

	private final String columns;

	private final ChangeStatement insert;

	private final ChangeStatement insertSeveral;

	private final ChangeStatement delete;

	private final ChangeStatement deleteOfOwner;

	/** By what they assign: there are few. */
	private final Map<String, ChangeStatement> updates = new ConcurrentHashMap<>();

	DogRepository(ChangeRepository changes, JdbcTemplate jdbc, Listing<Dog> listing) {
		this.changes = changes;
		this.jdbc = jdbc;
		this.listing = listing;
		this.columns = listing.allColumns();
		this.insert = ChangeStatement.ofRow(INSERT + """
				SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM version
				RETURNING\s""" + this.columns);
		this.insertSeveral = ChangeStatement.ofRows(INSERT + """
				SELECT ?, ?, dog.id, dog.created_at, dog.created_at, dog.name, dog.name_key, dog.breed,
				  dog.breed_key, dog.birth_date
				FROM version, unnest(?, ?, ?, ?, ?, ?, ?)
				  AS dog (id, created_at, name, name_key, breed, breed_key, birth_date)
				RETURNING\s""" + this.columns);
		this.delete = ChangeStatement
			.ofRow("DELETE FROM dogs USING version WHERE user_id = ? AND id = ? RETURNING " + this.columns);
		this.deleteOfOwner = ChangeStatement
			.ofRows("DELETE FROM dogs USING version WHERE user_id = ? AND owner_id = ? RETURNING " + this.columns);
	}

	/** Adds a dog to an owner. */
	Dog insert(AccountId account, UUID owner, NewDogInput dog) {
		NewRow row = NewRow.create();
		String breed = dog.breed();
		return write(account, ChangeKind.CREATED, 1, this.insert,
				Arrays.asList(account.value(), owner, row.id(), row.createdAt(), row.createdAt(), dog.name(),
						CaseFolding.key(dog.name()), new SqlParameterValue(Types.VARCHAR, breed),
						new SqlParameterValue(Types.VARCHAR, (breed != null) ? CaseFolding.key(breed) : null),
						new SqlParameterValue(Types.DATE, dog.birthDate())))
			.getFirst();
	}

	/** Adds dogs to an owner, in one statement. */
	List<Dog> insert(AccountId account, UUID owner, List<NewDogInput> dogs) {
		int count = dogs.size();
		UUID[] ids = new UUID[count];
		OffsetDateTime[] createdAt = new OffsetDateTime[count];
		String[] names = new String[count];
		String[] nameKeys = new String[count];
		@Nullable String[] breeds = new @Nullable String[count];
		@Nullable String[] breedKeys = new @Nullable String[count];
		@Nullable LocalDate[] birthDates = new @Nullable LocalDate[count];
		for (int i = 0; i < count; i++) {
			NewDogInput dog = dogs.get(i);
			NewRow row = NewRow.create();
			ids[i] = row.id();
			createdAt[i] = row.createdAt();
			names[i] = dog.name();
			nameKeys[i] = CaseFolding.key(dog.name());
			breeds[i] = dog.breed();
			breedKeys[i] = (dog.breed() != null) ? CaseFolding.key(dog.breed()) : null;
			birthDates[i] = dog.birthDate();
		}
		return write(account, ChangeKind.CREATED, count, this.insertSeveral,
				List.of(account.value(), owner, array("uuid", ids), array("timestamptz", createdAt),
						array("text", names), array("text", nameKeys), array("text", breeds), array("text", breedKeys),
						array("date", birthDates)));
	}

	// An element that is null is NULL.
	@SuppressWarnings("NullAway")
	private static SqlArrayValue array(String elementType, @Nullable Object[] elements) {
		return new SqlArrayValue(elementType, elements);
	}

	/**
	 * Changes what is given of a dog, at least one thing; null if there is no such dog.
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
				(assigned) -> ChangeStatement
					.ofRow("UPDATE dogs SET " + assigned + ", updated_at = greatest(updated_at, ?) FROM version "
							+ "WHERE user_id = ? AND id = ? RETURNING " + this.columns));
		return first(write(account, ChangeKind.UPDATED, 1, update, parameters));
	}

	/** Removes a dog and answers what it was; null if there is no such dog. */
	@Nullable Dog delete(AccountId account, UUID id) {
		return first(write(account, ChangeKind.DELETED, 1, this.delete, List.of(account.value(), id)));
	}

	/** Removes all of an owner's dogs, in one statement. */
	List<Dog> deleteOf(AccountId account, NodeId owner, int count) {
		return write(account, ChangeKind.DELETED, count, this.deleteOfOwner, List.of(account.value(), owner.uuid()));
	}

	/** The ids of an owner's dogs, oldest first. */
	List<NodeId> idsOf(AccountId account, NodeId owner) {
		return this.jdbc.query("SELECT id FROM dogs WHERE user_id = ? AND owner_id = ? ORDER BY id",
				(row, number) -> NodeKind.DOG.id(row.getObject(1, UUID.class)), account.value(), owner.uuid());
	}

	private List<Dog> write(AccountId account, ChangeKind kind, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		return this.changes.write(account, kind, NodeKind.DOG, count, statement, parameters,
				(row, number) -> this.listing.read(row));
	}

	private static @Nullable Dog first(List<Dog> dogs) {
		return dogs.isEmpty() ? null : dogs.getFirst();
	}

}
