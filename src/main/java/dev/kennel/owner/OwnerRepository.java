package dev.kennel.owner;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

import dev.kennel.change.ChangeKind;
import dev.kennel.database.sql.GroupCommit;
import dev.kennel.database.sql.NewRow;
import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListDefinition;
import dev.kennel.text.CaseFolding;
import dev.kennel.write.ChangeStatement;
import dev.kennel.write.InsertColumns;
import dev.kennel.write.InsertColumns.Column;
import dev.kennel.write.NewNode;
import dev.kennel.write.NodeWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Repository;

/** Writes owners, each together with its entry in the change feed. */
@Repository
class OwnerRepository {

	private static final InsertColumns<NewOwner> COLUMNS = new InsertColumns<>("owners",
			List.of(new Column<>("name", "text", NewOwner::name),
					new Column<>("name_key", "text", (owner) -> CaseFolding.key(owner.name()))));

	private final NodeWriter writer;

	private final ListDefinition<Owner> definition;

	private final ChangeStatement insert;

	private final GroupCommit<NewOwner, Owner> group;

	private final ChangeStatement update;

	private final ChangeStatement delete;

	OwnerRepository(NodeWriter writer, ListDefinition<Owner> definition) {
		this.writer = writer;
		this.definition = definition;
		String columns = definition.allColumns();
		this.insert = ChangeStatement.ofRow(ChangeKind.CREATED, NodeKind.OWNER,
				COLUMNS.insertOne() + "RETURNING " + columns);
		this.group = writer.group(definition, COLUMNS, "");
		this.update = ChangeStatement.ofRow(ChangeKind.UPDATED, NodeKind.OWNER,
				"UPDATE owners SET name = ?, name_key = ?, updated_at = greatest(updated_at, ?) FROM version "
						+ "WHERE owners.user_id = ? AND id = ? RETURNING " + columns);
		this.delete = ChangeStatement.ofRow(ChangeKind.DELETED, NodeKind.OWNER,
				"DELETE FROM owners USING version WHERE owners.user_id = ? AND id = ? RETURNING " + columns);
	}

	Owner insert(AccountId account, String name) {
		return insert(NewOwner.of(account, name));
	}

	/**
	 * Inserts an owner as the last statement of the transaction. If it is the first one,
	 * too, owners of other accounts may be inserted with it.
	 * @param payload returns the payload to record under the idempotency key of the
	 * request, if it has one
	 */
	Owner insertLast(AccountId account, String name, Function<Owner, Object> payload) {
		NewOwner newOwner = NewOwner.of(account, name);
		NewOwner owner = newOwner.with(IdempotencyRecord.of(() -> payload.apply(newOwner.toOwner())));
		return this.writer.insertLast(this.group, owner, () -> insert(owner));
	}

	private Owner insert(NewOwner owner) {
		return this.writer
			.write(owner.account(), this.insert, COLUMNS.parameters(owner), owner.result(),
					(row, number) -> this.definition.read(row))
			.getFirst();
	}

	/** Updates an owner; returns null if there is none. */
	@Nullable Owner update(AccountId account, UUID id, String name, OffsetDateTime now) {
		return write(account, this.update, List.of(name, CaseFolding.key(name), now, account.value(), id));
	}

	/** Deletes an owner that has no dogs; returns null if there is none. */
	@Nullable Owner delete(AccountId account, NodeId id) {
		return write(account, this.delete, List.of(account.value(), id.uuid()));
	}

	private @Nullable Owner write(AccountId account, ChangeStatement statement, List<Object> parameters) {
		return this.writer.write(account, 1, statement, parameters, (row, number) -> this.definition.read(row))
			.stream()
			.findFirst()
			.orElse(null);
	}

	/** An owner that is inserted. */
	private record NewOwner(AccountId account, NewRow row, String name,
			@Nullable IdempotencyRecord result) implements NewNode {

		static NewOwner of(AccountId account, String name) {
			return new NewOwner(account, NewRow.create(), name, null);
		}

		NewOwner with(@Nullable IdempotencyRecord record) {
			return new NewOwner(this.account, this.row, this.name, record);
		}

		Owner toOwner() {
			return new Owner(NodeKind.OWNER.id(this.row.id()), this.name, null);
		}

	}

}
