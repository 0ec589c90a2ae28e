package dev.kennel.owner;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;

import dev.kennel.error.ApiException;
import dev.kennel.error.Violation;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.NodeLookup;
import dev.kennel.write.NodeWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;

/** Writes owners, in the transaction of the caller. */
@Service
class OwnerService {

	/** As many as the default maximum page size. */
	private static final int MAX_DELETED_IDS = 200;

	private static final DogOperations.Overview NO_DOGS = new DogOperations.Overview(0, List.of());

	private final OwnerRepository owners;

	private final DogOperations dogs;

	private final NodeWriter writer;

	private final NodeLookup nodes;

	private final Clock clock;

	OwnerService(OwnerRepository owners, DogOperations dogs, NodeWriter writer, NodeLookup nodes, Clock clock) {
		this.owners = owners;
		this.dogs = dogs;
		this.writer = writer;
		this.nodes = nodes;
		this.clock = clock;
	}

	/** Creates an owner and its dogs, all or none. */
	Owner create(AccountId account, CreateOwnerInput input) {
		Owner newOwner = new Owner(NodeKind.OWNER.newId(), input.name(), null);
		List<NewDogInput> newDogs = input.dogs();
		if (newDogs == null || newDogs.isEmpty()) {
			return this.owners.insertLast(account, newOwner, () -> new CreateOwnerPayload(newOwner));
		}
		Owner owner = this.owners.insert(account, newOwner);
		this.dogs.create(account, owner.id(), newDogs);
		return owner;
	}

	/**
	 * Updates the given fields of an owner.
	 * @throws ApiException with NOT_FOUND if the account has no such owner
	 */
	Owner update(AccountId account, UpdateOwnerInput input) {
		NodeId id = NodeKind.OWNER.id(NodeKind.OWNER.uuid(input.id()));
		if (!this.owners.changesAnything(input)) {
			return required((Owner) this.nodes.read(account, List.of(id)).get(id));
		}
		OffsetDateTime now = this.clock.instant().truncatedTo(ChronoUnit.MILLIS).atOffset(ZoneOffset.UTC);
		return required(this.owners.update(account, id.uuid(), input, now));
	}

	/**
	 * Deletes an owner, and its dogs if requested.
	 * @return the deleted dogs
	 * @throws ApiException with NOT_FOUND if the account has no such owner, with CONFLICT
	 * if it has dogs that are not to be deleted
	 */
	DogOperations.Overview delete(AccountId account, NodeId owner, boolean withDogs) {
		// From here on, no other transaction adds a dog to the owner.
		this.writer.lock(account);
		if (!withDogs && this.dogs.hasDogs(account, owner)) {
			throw ApiException.conflict("The owner has dogs. Remove them, move them, or remove the owner with them.",
					List.of(new Violation(List.of("input", "withDogs"), "HAS_DOGS", "The owner has dogs.")));
		}
		DogOperations.Overview deletedDogs = withDogs ? this.dogs.overview(account, owner, MAX_DELETED_IDS) : NO_DOGS;
		if (deletedDogs.count() > 0) {
			this.dogs.delete(account, owner, deletedDogs.count());
		}
		required(this.owners.delete(account, owner.uuid()));
		return deletedDogs;
	}

	private static Owner required(@Nullable Owner owner) {
		if (owner == null) {
			throw ApiException.notFound(NodeKind.OWNER.typeName());
		}
		return owner;
	}

}
