package dev.kennel.change;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.kennel.database.AccountId;
import dev.kennel.database.GroupCommit;
import dev.kennel.database.Rows;
import dev.kennel.database.Transactions;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.paging.Listing;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
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

	/** How many rows one statement inserts at most, and one failure holds up. */
	private static final int GROUP = 64;

	private final JdbcTemplate jdbc;

	private final Transactions transactions;

	private final ChangeSignals signals;

	ChangeRepository(JdbcTemplate jdbc, Transactions transactions, ChangeSignals signals) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.signals = signals;
	}

	/**
	 * Writes rows and as many entries of the feed, in one statement.
	 * @param <T> what a row is read into
	 * @param account the account that the rows belong to
	 * @param kind what happens to the rows
	 * @param nodes what the rows are
	 * @param count how many rows there will be: one, unless the statement is for several
	 * @param statement the statement
	 * @param parameters the parameters of what writes the rows
	 * @param reader reads what it returns
	 * @return the rows; if there are not as many as were announced, the caller has to
	 * throw, so that the transaction is rolled back: the versions would have a gap
	 */
	public <T> List<T> write(AccountId account, ChangeKind kind, NodeKind nodes, int count, ChangeStatement statement,
			List<? extends @Nullable Object> parameters, RowMapper<T> reader) {
		Transactions.requireTransaction();
		List<@Nullable Object> all = new ArrayList<>(parameters.size() + 6);
		all.add(account.value());
		all.add((long) count);
		all.addAll(parameters);
		all.add(account.value());
		if (statement.several()) {
			all.add((long) count);
		}
		all.add(kind.name());
		all.add(nodes.name());
		List<T> rows = this.jdbc.query(statement.sql(), reader, all.toArray());
		this.signals.changedAtCommit(account);
		return rows;
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
	public <Q extends NewNode, T> GroupCommit<Q, T> group(Listing<T> listing, ChangeStatement statement,
			Function<List<Q>, List<?>> parameters) {
		return new GroupCommit<>(Runtime.getRuntime().availableProcessors(), GROUP, NewNode::account, (nodes) -> {
			List<Object> all = new ArrayList<>(parameters.apply(nodes));
			all.add(ChangeKind.CREATED.name());
			all.add(listing.kind().name());
			Map<UUID, T> inserted = HashMap.newHashMap(nodes.size());
			this.jdbc.query(statement.sql(), (row) -> {
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
		T inserted = this.transactions.executeLast(group, node, alone);
		this.signals.changedAtCommit(node.account());
		return inserted;
	}

	/**
	 * Waits for the account's other writes and keeps further ones waiting until the end
	 * of the transaction: for a write that takes several statements.
	 * @param account the account
	 */
	public void lock(AccountId account) {
		Transactions.requireTransaction();
		this.jdbc.query("SELECT version FROM change_versions WHERE user_id = ? FOR UPDATE", (row) -> {
		}, account.value());
	}

	/** The version of an account: 0 if nothing has ever changed. */
	long version(AccountId account) {
		Long version = versions(List.of(account)).get(account);
		return (version != null) ? version : 0;
	}

	/** The versions of several accounts; one in which nothing has changed has none. */
	Map<AccountId, Long> versions(Collection<AccountId> accounts) {
		Map<AccountId, Long> versions = HashMap.newHashMap(accounts.size());
		this.jdbc.query("SELECT user_id, version FROM change_versions WHERE user_id = ANY (?)", (row) -> {
			versions.put(new AccountId(row.getObject(1, UUID.class)), row.getLong(2));
		}, (Object) accounts.stream().map(AccountId::value).toArray(UUID[]::new));
		return versions;
	}

	/** The first entries after a version, in order. */
	List<ChangeEntry> after(AccountId account, long version, int limit) {
		return this.jdbc.query(
				"SELECT version, kind, node_kind, node_id, changed_at FROM changes "
						+ "WHERE user_id = ? AND version > ? ORDER BY version LIMIT ?",
				(row, number) -> new ChangeEntry(row.getLong(1), ChangeKind.valueOf(row.getString(2)),
						NodeKind.valueOf(row.getString(3)).id(row.getObject(4, UUID.class)), Rows.moment(row, 5)),
				account.value(), version, limit);
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
