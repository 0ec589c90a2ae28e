package dev.kennel.write;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import dev.kennel.change.FeedSignals;
import dev.kennel.database.sql.GroupCommit;
import dev.kennel.database.sql.TransactionRunner;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.idempotency.IdempotencyRecord;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.ListDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/**
 * Runs the statements that write nodes together with their feed entries.
 *
 * <p>
 * Every write begins by locking the account's version, in the same statement. The lock is
 * held until the commit, so that versions are gapless and become visible in order, and so
 * that the writes of one account are serialized: none sees another's partial result, and
 * no two deadlock. Writes of different accounts do not block one another.
 */
@Component
public class NodeWriter {

	/**
	 * The maximum number of rows in one write that each get an entry in the feed: as many
	 * changes as a client may fall behind. Reloading everything costs a client less than
	 * more entries would.
	 */
	public static final int MAX_ENTRIES = 1_000;

	/**
	 * The maximum number of rows that one statement inserts, and that one failure delays.
	 */
	private static final int MAX_GROUP_SIZE = 64;

	private final JdbcTemplate jdbc;

	private final TransactionRunner transactions;

	private final FeedSignals signals;

	private final QuotaRepository quotas;

	NodeWriter(JdbcTemplate jdbc, TransactionRunner transactions, FeedSignals signals, QuotaRepository quotas) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.signals = signals;
		this.quotas = quotas;
	}

	/**
	 * Writes rows and as many feed entries, in one statement.
	 * @param <T> the type that a row is mapped to
	 * @param account the account that the rows belong to
	 * @param count the number of rows: one, unless the statement writes several
	 * @param statement the statement
	 * @param parameters the parameters of the part that writes the rows
	 * @param reader maps a returned row
	 * @return the rows; if their number is not the announced one, the caller has to
	 * throw, so that the transaction is rolled back: the versions would have a gap
	 * @throws ApiException with QUOTA_EXCEEDED if the rows exceed the quota: nothing has
	 * been written
	 */
	public <T> List<T> write(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters, RowMapper<T> reader) {
		return write(account, count, statement, statement.sql(), parameters, reader);
	}

	/**
	 * Writes one row, its feed entry and its idempotency record, in one statement.
	 * @param <T> the type that a row is mapped to
	 * @param account the account that the row belongs to
	 * @param statement the statement
	 * @param parameters the parameters of the part that writes the row
	 * @param result the record, or null if there is none
	 * @param reader maps the returned row
	 * @return the row, as for
	 * {@link #write(AccountId, int, ChangeStatement, List, RowMapper)}
	 */
	<T> List<T> write(AccountId account, ChangeStatement statement, List<? extends @Nullable Object> parameters,
			@Nullable IdempotencyRecord result, RowMapper<T> reader) {
		if (result == null) {
			return write(account, 1, statement, parameters, reader);
		}
		List<@Nullable Object> all = new ArrayList<>(parameters);
		all.addAll(List.of(result.key(), result.requestHash(), result.argumentsHash(), result.payload()));
		return write(account, 1, statement, statement.sqlWithRecord(), all, reader);
	}

	private <T> List<T> write(AccountId account, int count, ChangeStatement statement, String sql,
			List<? extends @Nullable Object> parameters, RowMapper<T> reader) {
		TransactionRunner.requireTransaction();
		Object[] all = parameters(account, count, statement, parameters);
		List<T> rows = this.jdbc.query(sql, reader, all);
		if (rows.isEmpty() && statement.inserts()) {
			this.transactions.continueAfterLastStatement();
			if (this.quotas.recount(account)) {
				this.quotas.recountAfterRollback(account);
			}
			// Also if the counts are up to date: another write may just have counted.
			rows = this.jdbc.query(sql, reader, all);
			if (rows.isEmpty()) {
				throw this.quotas.exceeded(statement.quota());
			}
		}
		this.signals.signalAfterCommit(account);
		return rows;
	}

	/**
	 * Writes rows without feed entries, in one statement.
	 * @param account the account that the rows belong to
	 * @param count the number of rows
	 * @param statement the statement, without entries
	 * @param parameters the parameters of the part that writes the rows
	 * @return the number of rows that were written; if it is not the announced one, the
	 * caller has to throw
	 */
	public int writeWithoutEntries(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		TransactionRunner.requireTransaction();
		int rows = this.jdbc.update(statement.sql(), parameters(account, count, statement, parameters));
		this.signals.signalAfterCommit(account);
		return rows;
	}

	private Object[] parameters(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		List<@Nullable Object> all = new ArrayList<>(parameters.size() + 3);
		if (statement.multiRow()) {
			all.add((long) count);
		}
		all.add(account.value());
		if (statement.inserts()) {
			int max = this.quotas.max(statement.quota());
			if (count > max) {
				// The first write of an account has no row whose counts the statement
				// could compare.
				throw this.quotas.exceeded(statement.quota());
			}
			all.add(max);
		}
		all.addAll(parameters);
		return all.toArray();
	}

	/**
	 * Creates a group commit, which inserts nodes of several accounts and their feed
	 * entries in one statement.
	 * @param <T> the type of the nodes
	 * @param definition the lists of the nodes
	 * @param columns the columns that are written
	 * @return the group commit
	 */
	<T> GroupCommit<NewNode<T>, T> group(ListDefinition<T> definition, NodeColumns<T, ?> columns) {
		ChangeStatement statement = ChangeStatement.ofAccounts(Objects.requireNonNull(definition.kind()),
				columns.statementColumns(), columns.condition(),
				columns.insertForAccounts() + "RETURNING " + definition.allColumns());
		RowMapper<T> reader = definition.rowMapper();
		return new GroupCommit<>(Runtime.getRuntime().availableProcessors(), MAX_GROUP_SIZE, NewNode::account,
				(nodes) -> {
					List<Object> all = new ArrayList<>(columns.arrays(nodes));
					List<@Nullable IdempotencyRecord> results = new ArrayList<>(nodes.size());
					nodes.forEach((node) -> results.add(node.result()));
					boolean hasRecord = results.stream().anyMatch(Objects::nonNull);
					if (hasRecord) {
						all.addAll(records(results));
					}
					all.add(this.quotas.max(statement.quota()));
					Map<UUID, T> inserted = HashMap.newHashMap(nodes.size());
					this.jdbc.query(hasRecord ? statement.sqlWithRecord() : statement.sql(), reader, all.toArray())
						.forEach((node) -> inserted.put(definition.id().apply(node).uuid(), node));
					Map<NewNode<T>, T> written = HashMap.newHashMap(nodes.size());
					for (NewNode<T> node : nodes) {
						T row = inserted.get(definition.id().apply(node.node()).uuid());
						if (row != null) {
							written.put(node, row);
						}
					}
					return written;
				});
	}

	private static List<SqlArrayValue> records(List<@Nullable IdempotencyRecord> results) {
		return List.of(new SqlArrayValue("text", array(results, String[]::new, IdempotencyRecord::key)),
				new SqlArrayValue("bytea", array(results, byte[][]::new, IdempotencyRecord::requestHash)),
				new SqlArrayValue("bytea", array(results, byte[][]::new, IdempotencyRecord::argumentsHash)),
				new SqlArrayValue("text", array(results, String[]::new, IdempotencyRecord::payload)));
	}

	// A null element is NULL.
	@SuppressWarnings("NullAway")
	private static <E> Object[] array(List<@Nullable IdempotencyRecord> results, IntFunction<E[]> array,
			Function<IdempotencyRecord, E> element) {
		return results.stream().map((result) -> (result != null) ? element.apply(result) : null).toArray(array);
	}

	/**
	 * Inserts a node and its feed entry as the last statement of a transaction. If it is
	 * the first one, too, nodes of other accounts may be inserted with it.
	 * @param <T> the type of the node
	 * @param group the group commit for such nodes
	 * @param node the new node
	 * @param individualInsert inserts the node by itself, with {@link #write}
	 * @return the node as it was stored
	 */
	<T> T insertLast(GroupCommit<NewNode<T>, T> group, NewNode<T> node, Supplier<T> individualInsert) {
		if (IdempotencyRecord.isSeparate()) {
			// The insert of the record is the last statement then.
			return individualInsert.get();
		}
		T inserted = this.transactions.executeLastStatement(group, node, individualInsert);
		this.signals.signalAfterCommit(node.account());
		return inserted;
	}

	/**
	 * Locks the account's version until the end of the transaction, for a write of
	 * several statements: waits for the account's other writes, and makes later ones
	 * wait.
	 * @param account the account
	 */
	public void lock(AccountId account) {
		TransactionRunner.requireTransaction();
		this.jdbc.query("SELECT version FROM change_versions WHERE user_id = ? FOR UPDATE", (row) -> {
		}, account.value());
	}

	/**
	 * Waits for the account's other writes, and refuses later ones from the end of the
	 * transaction on. A constraint refuses them; its name is classified as a missing
	 * account.
	 * @param account the account
	 */
	void refuseWrites(AccountId account) {
		TransactionRunner.requireTransaction();
		this.jdbc.update(
				"INSERT INTO change_versions AS latest (user_id, version, counted, final_version) "
						+ "VALUES (?, 0, 0, 0) ON CONFLICT (user_id) DO UPDATE SET final_version = latest.version",
				account.value());
	}

}
