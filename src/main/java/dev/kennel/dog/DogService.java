package dev.kennel.dog;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Supplier;

import dev.kennel.database.sql.SqlFailureClassifier;
import dev.kennel.error.ApiException;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.DogOperations;
import dev.kennel.owner.NewDogInput;
import dev.kennel.owner.Owner;
import dev.kennel.paging.NodeLookup;
import dev.kennel.write.NodeWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Service;

/** Writes dogs, in the transaction of the caller. */
@Service
class DogService implements DogOperations {

	private final DogRepository dogs;

	private final NodeWriter writer;

	private final NodeLookup nodes;

	private final Clock clock;

	DogService(DogRepository dogs, NodeWriter writer, NodeLookup nodes, Clock clock) {
		this.dogs = dogs;
		this.writer = writer;
		this.nodes = nodes;
		this.clock = clock;
	}

	/**
	 * Creates a dog. No query checks whether the owner belongs to the account: the
	 * foreign key does, in the same statement, whatever happens to the owner
	 * concurrently.
	 * @param withOwner whether the payload needs the owner
	 * @throws ApiException with NOT_FOUND if the account has no such owner
	 */
	CreateDogPayload create(AccountId account, CreateDogInput input, boolean withOwner) {
		NodeId owner = NodeKind.OWNER.id(NodeKind.OWNER.uuid(input.ownerId()));
		Dog newDog = newDog(owner, new NewDogInput(input.name(), input.breed(), input.birthDate()));
		if (!withOwner) {
			return new CreateDogPayload(
					requireOwner(() -> this.dogs.insertLast(account, newDog, () -> new CreateDogPayload(newDog, null))),
					null);
		}
		Dog dog = requireOwner(() -> this.dogs.insert(account, newDog));
		return new CreateDogPayload(dog, owner(account, dog));
	}

	private static Dog newDog(NodeId owner, NewDogInput input) {
		return new Dog(NodeKind.DOG.newId(), owner, input.name(), input.breed(), input.birthDate(), null);
	}

	/**
	 * Updates the given fields of a dog.
	 * @param withOwner whether the payload needs the owner
	 * @throws ApiException with NOT_FOUND if the account has no such dog, or no such new
	 * owner
	 */
	UpdateDogPayload update(AccountId account, UpdateDogInput input, boolean withOwner) {
		NodeId id = NodeKind.DOG.id(NodeKind.DOG.uuid(input.id()));
		Dog dog;
		if (this.dogs.changesAnything(input)) {
			OffsetDateTime now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC);
			dog = requireOwner(() -> required(this.dogs.update(account, id.uuid(), input, now)));
		}
		else {
			if (withOwner) {
				// A write takes this lock by itself.
				this.writer.lock(account);
			}
			dog = required((Dog) this.nodes.read(account, List.of(id)).get(id));
		}
		return new UpdateDogPayload(dog, withOwner ? owner(account, dog) : null);
	}

	/**
	 * Deletes a dog.
	 * @param withOwner whether the payload needs more of the owner than its id
	 * @throws ApiException with NOT_FOUND if the account has no such dog
	 */
	DeleteDogPayload delete(AccountId account, NodeId id, boolean withOwner) {
		Dog dog = required(this.dogs.delete(account, id.uuid()));
		return new DeleteDogPayload(id, dog.ownerId(), withOwner ? owner(account, dog) : null);
	}

	/**
	 * Returns the owner of a dog that this transaction has read or written while holding
	 * the lock of the account: the owner can't be deleted before the transaction ends.
	 */
	private Owner owner(AccountId account, Dog dog) {
		Owner owner = (Owner) this.nodes.read(account, List.of(dog.ownerId())).get(dog.ownerId());
		if (owner == null) {
			throw new IllegalStateException("A dog without an owner");
		}
		return owner;
	}

	@Override
	public void create(AccountId account, NodeId owner, List<NewDogInput> newDogs) {
		this.dogs.insertAll(account, newDogs.stream().map((input) -> newDog(owner, input)).toList());
	}

	@Override
	public boolean hasDogs(AccountId account, NodeId owner) {
		return this.dogs.existsByOwner(account, owner);
	}

	@Override
	public Overview overview(AccountId account, NodeId owner, int first) {
		return this.dogs.overviewByOwner(account, owner, first);
	}

	@Override
	public void delete(AccountId account, NodeId owner, int count) {
		if (this.dogs.deleteByOwner(account, owner, count) != count) {
			throw new IllegalStateException("The owner's dogs have changed although the account is locked");
		}
	}

	private static Dog requireOwner(Supplier<Dog> write) {
		try {
			return write.get();
		}
		catch (DataIntegrityViolationException ex) {
			if ("dogs_owner_exists".equals(SqlFailureClassifier.violatedConstraint(ex))) {
				throw ApiException.notFound(NodeKind.OWNER.typeName());
			}
			throw ex;
		}
	}

	private static Dog required(@Nullable Dog dog) {
		if (dog == null) {
			throw ApiException.notFound(NodeKind.DOG.typeName());
		}
		return dog;
	}

}
