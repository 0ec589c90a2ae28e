package dev.kennel.change;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

import dev.kennel.database.GroupCommit;
import dev.kennel.database.JdbcResultRows;
import dev.kennel.database.ResultRows;
import dev.kennel.database.TransactionRunner;
import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.error.ApiException;
import dev.kennel.graphql.idempotency.ResultRecord;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Repository;

/**
 * Writes rows together with their entries in the feed, and reads the feed.
 *
 * <p>
 * Every write begins with the account's version, in one statement with the rest. Whoever
 * has it holds it until the commit, so that versions are gapless and become visible in
 * their order, and so that the writes of one account come one after another: none of them
 * finds another half done, and no two can lock each other out. Accounts do not wait for
 * one another.
 */
@Repository
public class ChangeRepository {

	/**
	 * The most rows of one write that each have an entry in the feed: as many changes as
	 * a client may fall behind. Loading everything anew costs it less than more of them.
	 */
	public static final int MAX_ENTRIES = 1_000;

	/** How many rows one statement inserts at most, and one failure holds up. */
	private static final int GROUP = 64;

	private final JdbcTemplate jdbc;

	private final PipelinedClient client;

	private final TransactionRunner transactions;

	private final FeedSignals signals;

	private final QuotaRepository quotas;

	ChangeRepository(JdbcTemplate jdbc, PipelinedClient client, TransactionRunner transactions, FeedSignals signals,
			QuotaRepository quotas) {
		this.jdbc = jdbc;
		this.client = client;
		this.transactions = transactions;
		this.signals = signals;
		this.quotas = quotas;
	}

	/**
	 * Writes rows and as many entries of the feed, in one statement.
	 * @param <T> what a row is read into
	 * @param account the account that the rows belong to
	 * @param count how many rows there will be: one, unless the statement is for several
	 * @param statement the statement
	 * @param parameters the parameters of what writes the rows
	 * @param reader reads what it returns
	 * @return the rows; if there are not as many as were announced, the caller has to
	 * throw, so that the transaction is rolled back: the versions would have a gap
	 * @throws ApiException with QUOTA_EXCEEDED if it adds more than there is room for:
	 * nothing has been written
	 */
	public <T> List<T> write(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters, RowMapper<T> reader) {
		return write(account, count, statement, statement.sql(), parameters, reader);
	}

	/**
	 * Writes one row, its entry of the feed and the record of its result, in one
	 * statement.
	 * @param <T> what a row is read into
	 * @param account the account that the row belongs to
	 * @param statement the statement
	 * @param parameters the parameters of what writes the row
	 * @param result the record, or null if there is none
	 * @param reader reads what it returns
	 * @return the row, as for
	 * {@link #write(AccountId, int, ChangeStatement, List, RowMapper)}
	 */
	public <T> List<T> write(AccountId account, ChangeStatement statement, List<? extends @Nullable Object> parameters,
			@Nullable ResultRecord result, RowMapper<T> reader) {
		if (result == null) {
			return write(account, 1, statement, parameters, reader);
		}
		List<@Nullable Object> all = new ArrayList<>(parameters);
		all.addAll(List.of(result.key(), result.requestHash(), result.argumentsHash(), result.payload()));
		return write(account, 1, statement, statement.recording(), all, reader);
	}

	private <T> List<T> write(AccountId account, int count, ChangeStatement statement, String sql,
			List<? extends @Nullable Object> parameters, RowMapper<T> reader) {
		TransactionRunner.requireTransaction();
		Object[] all = parameters(account, count, statement, parameters);
		List<T> rows = this.jdbc.query(sql, reader, all);
		if (rows.isEmpty() && statement.adds()) {
			this.transactions.continueAfterCommit();
			if (this.quotas.recount(account)) {
				this.quotas.recountAfterRollback(account);
				rows = this.jdbc.query(sql, reader, all);
			}
			if (rows.isEmpty()) {
				throw this.quotas.exceeded(statement.quota());
			}
		}
		this.signals.changedAtCommit(account);
		return rows;
	}

	/**
	 * Writes rows without entries in the feed, in one statement.
	 * @param account the account that the rows belong to
	 * @param count how many rows there will be
	 * @param statement the statement, without entries
	 * @param parameters the parameters of what writes the rows
	 * @return how many rows were written; if there are not as many as were announced, the
	 * caller has to throw
	 */
	public int writeWithoutEntries(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		TransactionRunner.requireTransaction();
		int rows = this.jdbc.update(statement.sql(), parameters(account, count, statement, parameters));
		this.signals.changedAtCommit(account);
		return rows;
	}

	private Object[] parameters(AccountId account, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters) {
		List<@Nullable Object> all = new ArrayList<>(parameters.size() + 3);
		if (statement.several()) {
			all.add((long) count);
		}
		all.add(account.value());
		if (statement.adds()) {
			int max = this.quotas.max(statement.quota());
			if (count > max) {
				// The first write of an account has nothing to compare with.
				throw this.quotas.exceeded(statement.quota());
			}
			all.add(max);
		}
		all.addAll(parameters);
		return all.toArray();
	}

	/**
	 * Prepares to insert rows of several accounts, and their entries of the feed, in one
	 * statement.
	 * @param <Q> an object that is to be added
	 * @param <T> what its row is read into
	 * @param listing what the rows are, and how what the statement returns is read
	 * @param statement the statement, of accounts
	 * @param parameters answers the parameters of its input
	 * @return those who add such objects at the same time
	 */
	public <Q extends NewNode, T> GroupCommit<Q, T> group(ListDefinition<T> listing, ChangeStatement statement,
			Function<List<Q>, List<?>> parameters) {
		return new GroupCommit<>(Runtime.getRuntime().availableProcessors(), GROUP, NewNode::account, (nodes) -> {
			List<Object> all = new ArrayList<>(parameters.apply(nodes));
			List<@Nullable ResultRecord> results = new ArrayList<>(nodes.size());
			nodes.forEach((node) -> results.add(node.result()));
			boolean recorded = results.stream().anyMatch(Objects::nonNull);
			if (recorded) {
				all.addAll(records(results));
			}
			all.add(this.quotas.max(statement.quota()));
			Map<UUID, T> inserted = HashMap.newHashMap(nodes.size());
			this.jdbc.query(recorded ? statement.recording() : statement.sql(), (row) -> {
				T node = listing.read(row);
				inserted.put(listing.id().apply(node).uuid(), node);
			}, all.toArray());
			Map<Q, T> answers = HashMap.newHashMap(nodes.size());
			for (Q node : nodes) {
				T row = inserted.get(node.row().id());
				if (row != null) {
					answers.put(node, row);
				}
			}
			return answers;
		});
	}

	private static List<SqlArrayValue> records(List<@Nullable ResultRecord> results) {
		return List.of(new SqlArrayValue("text", array(results, String[]::new, ResultRecord::key)),
				new SqlArrayValue("bytea", array(results, byte[][]::new, ResultRecord::requestHash)),
				new SqlArrayValue("bytea", array(results, byte[][]::new, ResultRecord::argumentsHash)),
				new SqlArrayValue("text", array(results, String[]::new, ResultRecord::payload)));
	}

	// An element that is null is NULL.
	@SuppressWarnings("NullAway")
	private static <E> Object[] array(List<@Nullable ResultRecord> results, IntFunction<E[]> array,
			Function<ResultRecord, E> element) {
		return results.stream().map((result) -> (result != null) ? element.apply(result) : null).toArray(array);
	}

	/**
	 * Inserts a row and its entry of the feed as the last that a transaction does. If it
	 * is the first, too, rows of other accounts may be inserted with it.
	 * @param <Q> an object that is to be added
	 * @param <T> what its row is read into
	 * @param group those who do the same
	 * @param node the object
	 * @param alone inserts it by itself, with {@link #write}
	 * @return the row
	 */
	public <Q extends NewNode, T> T insertLast(GroupCommit<Q, T> group, Q node, Supplier<T> alone) {
		if (ResultRecord.isSeparate()) {
			// That record is the last.
			return alone.get();
		}
		T inserted = this.transactions.executeCommitting(group, node, alone);
		this.signals.changedAtCommit(node.account());
		return inserted;
	}

	/**
	 * Waits for the account's other writes and keeps further ones waiting until the end
	 * of the transaction: for a write that takes several statements.
	 * @param account the account
	 */
	public void lock(AccountId account) {
		TransactionRunner.requireTransaction();
		this.jdbc.query("SELECT version FROM change_versions WHERE user_id = ? FOR UPDATE", (row) -> {
		}, account.value());
	}

	/**
	 * Waits for the account's other writes, and refuses further ones from the end of the
	 * transaction on. What refuses them is a constraint by whose name the account does
	 * not exist.
	 * @param account the account
	 */
	void close(AccountId account) {
		TransactionRunner.requireTransaction();
		this.jdbc.update(
				"INSERT INTO change_versions AS latest (user_id, version, counted, final_version) "
						+ "VALUES (?, 0, 0, 0) ON CONFLICT (user_id) DO UPDATE SET final_version = latest.version",
				account.value());
	}

	/** The version of an account: 0 if nothing has ever changed. */
	long version(AccountId account) {
		Long version = versions(List.of(account)).get(account);
		return (version != null) ? version : 0;
	}

	/** The place behind the newest entry of an account. */
	FeedPosition end(AccountId account) {
		FeedPosition end = this.jdbc.query("""
				SELECT latest.version, kind, node_kind, node_id, changed_at
				FROM change_versions AS latest
				LEFT JOIN changes ON changes.user_id = latest.user_id AND changes.version = latest.version
				WHERE latest.user_id = ?""", (ResultSet row) -> {
			if (!row.next()) {
				return new FeedPosition(0, 0);
			}
			return (row.getString(2) != null) ? FeedPosition.behind(entry(new JdbcResultRows(row)))
					: new FeedPosition(row.getLong(1), 0);
		}, account.value());
		return required(end);
	}

	/** The versions of several accounts; one in which nothing has changed has none. */
	Map<AccountId, Long> versions(Collection<AccountId> accounts) {
		Map<AccountId, Long> versions = HashMap.newHashMap(accounts.size());
		this.jdbc.query("SELECT user_id, version FROM change_versions WHERE user_id = ANY (?)", (row) -> {
			versions.put(new AccountId(row.getObject(1, UUID.class)), row.getLong(2));
		}, (Object) accounts.stream().map(AccountId::value).toArray(UUID[]::new));
		return versions;
	}

	/** The first entries after a place, in order. */
	FeedPage after(AccountId account, FeedPosition place, int limit) {
		ResultRows rows = PipelinedClient.await(this.client.query(account, StatementLane.SHORT,
				"SELECT version, kind, node_kind, node_id, changed_at FROM changes "
						+ "WHERE user_id = $1 AND version >= $2 ORDER BY version LIMIT $3",
				List.of(account.value(), place.version(), limit + 1L)));
		FeedPosition behind = null;
		List<ChangeEntry> entries = new ArrayList<>();
		try {
			while (rows.next()) {
				ChangeEntry entry = entry(rows);
				if (entry.version() == place.version()) {
					behind = FeedPosition.behind(entry);
				}
				else if (entries.size() < limit) {
					entries.add(entry);
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		return new FeedPage(behind, entries);
	}

	private static ChangeEntry entry(ResultRows row) throws SQLException {
		return new ChangeEntry(row.number(1), ChangeKind.valueOf(required(row.text(2))),
				NodeKind.valueOf(required(row.text(3))).id(row.uuid(4)), required(row.moment(5)));
	}

	private static <T> T required(@Nullable T value) {
		return Objects.requireNonNull(value);
	}

	/** How many seconds ago the oldest entry was made; 0 if there is none. */
	double oldest() {
		Double age = this.jdbc.queryForObject(
				"SELECT coalesce(extract(epoch FROM clock_timestamp() - min(changed_at)), 0)::float8 FROM changes",
				Double.class);
		return (age != null) ? age : 0;
	}

	/**
	 * Removes entries that are older than they have to be kept. Instances that do so at
	 * once do not wait for each other.
	 * @return how many were removed, at most as many as asked for
	 */
	int removeOlderThan(Duration age, int limit) {
		return this.jdbc.update("""
				DELETE FROM changes WHERE (user_id, version) IN (
				  SELECT user_id, version FROM changes
				  WHERE changed_at < clock_timestamp() - make_interval(secs => ?)
				  ORDER BY changed_at LIMIT ? FOR UPDATE SKIP LOCKED)""", age.toSeconds(), limit);
	}

}
