package dev.kennel.owner;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import dev.kennel.change.ChangeKind;
import dev.kennel.change.ChangeRepository;
import dev.kennel.change.ChangeStatement;
import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.database.NewRow;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.paging.Listing;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Repository;

/** Writes owners, each write with its entry in the change feed. */
@Repository
class OwnerRepository {

	private final ChangeRepository changes;

	private final Listing<Owner> listing;

	private final ChangeStatement insert;

	private final ChangeStatement update;

	private final ChangeStatement delete;

	OwnerRepository(ChangeRepository changes, Listing<Owner> listing) {
		this.changes = changes;
		this.listing = listing;
		String columns = listing.allColumns();
		this.insert = ChangeStatement.ofRow("INSERT INTO owners (user_id, id, name, name_key, created_at, updated_at) "
				+ "SELECT ?, ?, ?, ?, ?, ? FROM version RETURNING " + columns);
		this.update = ChangeStatement
			.ofRow("UPDATE owners SET name = ?, name_key = ?, updated_at = greatest(updated_at, ?) FROM version "
					+ "WHERE user_id = ? AND id = ? RETURNING " + columns);
		this.delete = ChangeStatement
			.ofRow("DELETE FROM owners USING version WHERE user_id = ? AND id = ? RETURNING " + columns);
	}

	Owner insert(AccountId account, String name) {
		NewRow row = NewRow.create();
		Owner owner = write(account, ChangeKind.CREATED, this.insert,
				List.of(account.value(), row.id(), name, CaseFolding.key(name), row.createdAt(), row.createdAt()));
		if (owner == null) {
			throw new IllegalStateException("A row was inserted and is not there");
		}
		return owner;
	}

	/** Changes an owner, or answers null if there is none. */
	@Nullable Owner update(AccountId account, UUID id, String name, OffsetDateTime now) {
		return write(account, ChangeKind.UPDATED, this.update,
				List.of(name, CaseFolding.key(name), now, account.value(), id));
	}

	/** Removes an owner that has no dogs, or answers null if there is none. */
	@Nullable Owner delete(AccountId account, NodeId id) {
		return write(account, ChangeKind.DELETED, this.delete, List.of(account.value(), id.uuid()));
	}

	private @Nullable Owner write(AccountId account, ChangeKind kind, ChangeStatement statement,
			List<Object> parameters) {
		return this.changes
			.write(account, kind, NodeKind.OWNER, 1, statement, parameters,
					(row, number) -> this.listing.read(row))
			.stream()
			.findFirst()
			.orElse(null);
	}

}
