package dev.kennel.write;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.kennel.change.ChangeKind;
import dev.kennel.database.sql.GroupCommit;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.RowMapper;

/**
 * Writes the nodes of one kind. The statement that writes a node also appends to the
 * change feed and maintains the count for the quota ({@link ChangeStatement}), and
 * returns the node as its list reads it. A feature declares the columns.
 *
 * @param <T> the type of the nodes
 * @param <U> the input of an update
 */
public abstract class NodeRepository<T, U> {

	private final NodeWriter writer;

	private final NodeColumns<T, U> columns;

	private final NodeKind kind;

	private final String returning;

	private final RowMapper<T> reader;

	private final ChangeStatement insert;

	private final ChangeStatement insertMany;

	private final GroupCommit<NewNode<T>, T> group;

	private final ChangeStatement delete;

	/** The update statements by the columns that they assign: few combinations. */
	private final Map<Integer, ChangeStatement> updates = new ConcurrentHashMap<>();

	/**
	 * Creates a repository.
	 * @param writer runs the statements
	 * @param definition the lists of the nodes
	 * @param columns the columns that are written
	 */
	protected NodeRepository(NodeWriter writer, ListDefinition<T> definition, NodeColumns<T, U> columns) {
		this.writer = writer;
		this.columns = columns;
		this.kind = Objects.requireNonNull(definition.kind());
		this.returning = "RETURNING " + definition.allColumns();
		this.reader = definition.rowMapper();
		this.insert = ChangeStatement.ofRow(ChangeKind.CREATED, this.kind, columns.insertOne() + this.returning);
		this.insertMany = ChangeStatement.ofRows(ChangeKind.CREATED, this.kind, columns.insertMany() + this.returning);
		this.group = writer.group(definition, columns);
		this.delete = ChangeStatement.ofRow(ChangeKind.DELETED, this.kind, columns.delete() + this.returning);
	}

	/**
	 * Inserts a node.
	 * @param account the account
	 * @param node the node
	 * @return the node as it was stored
	 * @throws ApiException with QUOTA_EXCEEDED if the account has too many: nothing has
	 * been written
	 */
	public T insert(AccountId account, T node) {
		return insert(new NewNode<>(account, node, null));
	}

	/**
	 * Inserts a node as the last statement of the transaction. If it is the first one,
	 * too, nodes of other accounts may be inserted with it.
	 * @param account the account
	 * @param node the node
	 * @param payload returns the payload to record under the idempotency key of the
	 * request, if it has one
	 * @return the node as it was stored
	 * @throws ApiException with QUOTA_EXCEEDED if the account has too many: nothing has
	 * been written
	 */
	public T insertLast(AccountId account, T node, Supplier<Object> payload) {
		NewNode<T> newNode = new NewNode<>(account, node, IdempotencyRecord.of(payload));
		return this.writer.insertLast(this.group, newNode, () -> insert(newNode));
	}

	private T insert(NewNode<T> node) {
		return this.writer.write(node.account(), this.insert, this.columns.parameters(node), node.result(), this.reader)
			.getFirst();
	}

	/**
	 * Inserts nodes, in one statement.
	 * @param account the account
	 * @param nodes the nodes, at least one
	 * @return the nodes as they were stored
	 * @throws ApiException with QUOTA_EXCEEDED if the account has too many: nothing has
	 * been written
	 */
	public List<T> insertAll(AccountId account, List<T> nodes) {
		List<NewNode<T>> newNodes = nodes.stream().map((node) -> new NewNode<>(account, node, null)).toList();
		return this.writer.write(account, nodes.size(), this.insertMany, this.columns.arrays(newNodes), this.reader);
	}

	/**
	 * Returns whether an update changes anything.
	 * @param input the input
	 * @return whether there is a member that is not omitted
	 */
	public boolean changesAnything(U input) {
		return this.columns.isAnyAssigned(input);
	}

	/**
	 * Updates the given members of a node, at least one.
	 * @param account the account
	 * @param id the key of the node
	 * @param input the input
	 * @param now the time of the update
	 * @return the node as it was stored, or null if there is none
	 */
	public @Nullable T update(AccountId account, UUID id, U input, OffsetDateTime now) {
		List<@Nullable Object> parameters = new ArrayList<>();
		int assigned = this.columns.assign(input, parameters);
		if (assigned == 0) {
			throw new IllegalArgumentException("An update has to assign a column");
		}
		parameters.add(now);
		parameters.add(account.value());
		parameters.add(id);
		ChangeStatement update = this.updates.get(assigned);
		if (update == null) {
			update = ChangeStatement.ofRow(ChangeKind.UPDATED, this.kind,
					this.columns.update(assigned) + this.returning);
			this.updates.put(assigned, update);
		}
		return first(this.writer.write(account, 1, update, parameters, this.reader));
	}

	/**
	 * Deletes a node.
	 * @param account the account
	 * @param id the key of the node
	 * @return the deleted node, or null if there is none
	 */
	public @Nullable T delete(AccountId account, UUID id) {
		return first(this.writer.write(account, 1, this.delete, List.of(account.value(), id), this.reader));
	}

	private static <T> @Nullable T first(List<T> nodes) {
		return nodes.isEmpty() ? null : nodes.getFirst();
	}

}
