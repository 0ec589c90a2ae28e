package dev.kennel.paging;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.database.ResultRows;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.ListStatement.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * Reads one listing: each method is one statement, and answers later, on the thread on
 * which the rows arrive.
 *
 * @param <T> what a row is read into
 */
final class ListReader<T> {

	private final StatementRunner store;

	private final ListDefinition<T> listing;

	private final ListStatementWriter statements;

	private final int parentColumn;

	ListReader(StatementRunner store, ListDefinition<T> listing) {
		this.store = store;
		this.listing = listing;
		this.statements = new ListStatementWriter(listing);
		this.parentColumn = listing.parentColumn();
	}

	ListDefinition<T> listing() {
		return this.listing;
	}

	CompletableFuture<Page<T>> page(AccountId account, PageQuery query, ColumnSelection columns) {
		return run(this.statements.page(query, columns, false), arguments(account, List.of(), query), (result) -> {
			Rows<T> rows = new Rows<>(query, this.listing, columns.size());
			ListRow row = new ListRow(result, columns);
			while (result.next()) {
				rows.add(result, row);
			}
			return rows.toPage();
		});
	}

	/** The pages of several parents' lists; a parent without rows has none. */
	CompletableFuture<Map<UUID, Page<T>>> pages(AccountId account, Collection<UUID> parents, PageQuery query,
			ColumnSelection columns) {
		return run(this.statements.page(query, columns, true), arguments(account, parents, query), (result) -> {
			Map<UUID, Page<T>> pages = HashMap.newHashMap(parents.size());
			ListRow row = new ListRow(result, columns);
			UUID current = null;
			Rows<T> rows = new Rows<>(query, this.listing, columns.size());
			// The rows of a parent come together.
			while (result.next()) {
				UUID parent = row.uuid(this.parentColumn);
				if (!parent.equals(current)) {
					if (current != null) {
						pages.put(current, rows.toPage());
						rows = new Rows<>(query, this.listing, columns.size());
					}
					current = parent;
				}
				rows.add(result, row);
			}
			if (current != null) {
				pages.put(current, rows.toPage());
			}
			return pages;
		});
	}

	CompletableFuture<Integer> count(AccountId account, Filter filter) {
		return run(this.statements.count(filter, false), arguments(account, List.of(), filter), (result) -> {
			result.next();
			return Math.toIntExact(result.number(1));
		});
	}

	/** How many rows several parents' lists have; a parent without rows is absent. */
	CompletableFuture<Map<UUID, Integer>> counts(AccountId account, Collection<UUID> parents, Filter filter) {
		return run(this.statements.count(filter, true), arguments(account, parents, filter), (result) -> {
			Map<UUID, Integer> counts = new HashMap<>();
			while (result.next()) {
				counts.put(result.uuid(1), Math.toIntExact(result.number(2)));
			}
			return counts;
		});
	}

	CompletableFuture<Boolean> goesOn(AccountId account, ProbeQuery query) {
		return run(this.statements.probe(query, false), arguments(account, List.of(), query), ResultRows::next);
	}

	/** Whether several parents' lists go on; one that does not is absent. */
	CompletableFuture<Map<UUID, Boolean>> goOn(AccountId account, Collection<UUID> parents, ProbeQuery query) {
		return run(this.statements.probe(query, true), arguments(account, parents, query), (result) -> {
			Map<UUID, Boolean> found = new HashMap<>();
			while (result.next()) {
				found.put(result.uuid(1), true);
			}
			return found;
		});
	}

	CompletableFuture<Map<UUID, T>> byIds(AccountId account, Collection<UUID> ids, ColumnSelection columns) {
		return run(this.statements.byIds(columns), arguments(account, ids, Filter.NONE), (result) -> {
			Map<UUID, T> found = new HashMap<>();
			ListRow at = new ListRow(result, columns);
			while (result.next()) {
				T row = this.listing.reader().read(at);
				found.put(this.listing.id().apply(row).uuid(), row);
			}
			return found;
		});
	}

	private <R> CompletableFuture<R> run(ListStatement statement, Arguments arguments,
			StatementRunner.Reader<R> reader) {
		return this.store.run(statement, arguments, reader);
	}

	private static Arguments arguments(AccountId account, Collection<UUID> parents, PageQuery query) {
		// One row more than the page has tells whether there are more.
		return new Arguments(account, parents, query.filter(), query.after(), query.before(), query.size() + 1);
	}

	private static Arguments arguments(AccountId account, Collection<UUID> parents, ProbeQuery query) {
		return new Arguments(account, parents, query.filter(), query.towardsEnd() ? query.cursor() : null,
				query.towardsEnd() ? null : query.cursor(), 1);
	}

	private static Arguments arguments(AccountId account, Collection<UUID> ids, Filter filter) {
		return new Arguments(account, ids, filter, null, null, 0);
	}

	/**
	 * Collects the rows of a page, in the order in which they are read, which is backward
	 * for a page that is.
	 */
	private static final class Rows<T> {

		private final PageQuery query;

		private final ListDefinition<T> listing;

		/** How many columns come before the value that the list is sorted by. */
		private final int columns;

		private final List<T> nodes;

		private final @Nullable List<@Nullable Object> sortValues;

		private boolean more;

		Rows(PageQuery query, ListDefinition<T> listing, int columns) {
			this.query = query;
			this.listing = listing;
			this.columns = columns;
			this.nodes = new ArrayList<>();
			this.sortValues = (query.order().field().column() != null) ? new ArrayList<>() : null;
		}

		void add(ResultRows result, ListRow row) throws SQLException {
			if (this.nodes.size() == this.query.size()) {
				this.more = true;
				return;
			}
			this.nodes.add(this.listing.reader().read(row));
			SortColumn column = this.query.order().field().column();
			if (this.sortValues != null && column != null) {
				this.sortValues.add(column.type().read(result, this.columns + 1));
			}
		}

		Page<T> toPage() {
			if (this.nodes.isEmpty() && !this.more) {
				return Page.empty();
			}
			if (this.query.backward()) {
				Collections.reverse(this.nodes);
				if (this.sortValues != null) {
					Collections.reverse(this.sortValues);
				}
			}
			return new Page<>(this.nodes, this.sortValues, this.more);
		}

	}

}
