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

import dev.kennel.database.sql.ResultRows;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.ListStatement.Arguments;
import dev.kennel.paging.column.ColumnSelection;
import dev.kennel.paging.column.ListRow;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.order.SortColumn;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lists of one definition. Each method executes one statement; its future
 * completes on the thread on which the rows arrive.
 *
 * @param <T> the type that a row is mapped to
 */
final class ListReader<T> {

	private final StatementRunner runner;

	private final ListDefinition<T> definition;

	private final ListStatementWriter statements;

	private final int parentColumn;

	ListReader(StatementRunner runner, ListDefinition<T> definition) {
		this(runner, definition, new ListStatementWriter(definition));
	}

	private ListReader(StatementRunner runner, ListDefinition<T> definition, ListStatementWriter statements) {
		this.runner = runner;
		this.definition = definition;
		this.statements = statements;
		String parent = definition.parent();
		this.parentColumn = (parent != null) ? definition.number(parent) : 0;
	}

	/** Returns the same reader with another runner. */
	ListReader<T> on(StatementRunner other) {
		return new ListReader<>(other, this.definition, this.statements);
	}

	StatementRunner runner() {
		return this.runner;
	}

	ListDefinition<T> definition() {
		return this.definition;
	}

	CompletableFuture<Page<T>> page(AccountId account, PageQuery query, ColumnSelection columns) {
		return execute(this.statements.page(query, columns, false), arguments(account, List.of(), query), (result) -> {
			Rows<T> rows = new Rows<>(query, this.definition, columns.size());
			ListRow row = new ListRow(result, columns);
			while (result.next()) {
				rows.add(result, row);
			}
			return rows.toPage();
		});
	}

	/** Reads the pages of several parents' lists; a parent without rows is absent. */
	CompletableFuture<Map<UUID, Page<T>>> pagesByParent(AccountId account, Collection<UUID> parents, PageQuery query,
			ColumnSelection columns) {
		return execute(this.statements.page(query, columns, true), arguments(account, parents, query), (result) -> {
			Map<UUID, Page<T>> pages = HashMap.newHashMap(parents.size());
			ListRow row = new ListRow(result, columns);
			UUID current = null;
			Rows<T> rows = new Rows<>(query, this.definition, columns.size());
			// The rows of a parent are contiguous.
			while (result.next()) {
				UUID parent = row.uuid(this.parentColumn);
				if (!parent.equals(current)) {
					if (current != null) {
						pages.put(current, rows.toPage());
						rows = new Rows<>(query, this.definition, columns.size());
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
		return execute(this.statements.count(filter, false), arguments(account, List.of(), filter), (result) -> {
			result.next();
			return Math.toIntExact(result.number(1));
		});
	}

	/** Counts the rows of several parents' lists; a parent without rows is absent. */
	CompletableFuture<Map<UUID, Integer>> countsByParent(AccountId account, Collection<UUID> parents, Filter filter) {
		return execute(this.statements.count(filter, true), arguments(account, parents, filter), (result) -> {
			Map<UUID, Integer> counts = new HashMap<>();
			while (result.next()) {
				counts.put(result.uuid(1), Math.toIntExact(result.number(2)));
			}
			return counts;
		});
	}

	/** Counts the rows of groups, the largest groups first. */
	CompletableFuture<List<GroupCount>> countGroups(AccountId account, GroupQuery query) {
		return execute(this.statements.countGroups(query.grouping(), query.filter()),
				new Arguments(account, List.of(), query.filter(), null, null, query.size()), (result) -> {
					List<GroupCount> groups = new ArrayList<>();
					while (result.next()) {
						groups.add(new GroupCount(result.text(1), Math.toIntExact(result.number(2))));
					}
					return groups;
				});
	}

	CompletableFuture<Boolean> hasMore(AccountId account, HasMoreQuery query) {
		return execute(this.statements.hasMore(query, false), arguments(account, List.of(), query), ResultRows::next);
	}

	/**
	 * Returns whether several parents' lists have rows at the cursor or beyond; a parent
	 * without is absent.
	 */
	CompletableFuture<Map<UUID, Boolean>> hasMoreByParent(AccountId account, Collection<UUID> parents,
			HasMoreQuery query) {
		return execute(this.statements.hasMore(query, true), arguments(account, parents, query), (result) -> {
			Map<UUID, Boolean> found = new HashMap<>();
			while (result.next()) {
				found.put(result.uuid(1), true);
			}
			return found;
		});
	}

	CompletableFuture<Map<UUID, T>> byIds(AccountId account, Collection<UUID> ids, ColumnSelection columns) {
		return execute(this.statements.byIds(columns), arguments(account, ids, Filter.ALL_ROWS), (result) -> {
			Map<UUID, T> found = new HashMap<>();
			ListRow row = new ListRow(result, columns);
			while (result.next()) {
				T node = this.definition.reader().read(row);
				found.put(this.definition.id().apply(node).uuid(), node);
			}
			return found;
		});
	}

	private <R> CompletableFuture<R> execute(ListStatement statement, Arguments arguments,
			StatementRunner.Reader<R> reader) {
		return this.runner.execute(statement, arguments, reader);
	}

	private static Arguments arguments(AccountId account, Collection<UUID> parents, PageQuery query) {
		// One row more than the page size shows whether there are more.
		return new Arguments(account, parents, query.filter(), query.after(), query.before(), query.size() + 1);
	}

	private static Arguments arguments(AccountId account, Collection<UUID> parents, HasMoreQuery query) {
		return new Arguments(account, parents, query.filter(), query.towardsEnd() ? query.cursor() : null,
				query.towardsEnd() ? null : query.cursor(), 1);
	}

	private static Arguments arguments(AccountId account, Collection<UUID> ids, Filter filter) {
		return new Arguments(account, ids, filter, null, null, 0);
	}

	/**
	 * Collects the rows of a page in the order of the result, which is reversed for a
	 * backward page.
	 */
	private static final class Rows<T> {

		private final PageQuery query;

		private final ListDefinition<T> definition;

		/** The number of columns before the sort value. */
		private final int columns;

		private final List<T> nodes;

		private final @Nullable List<@Nullable Object> sortValues;

		private boolean hasMore;

		Rows(PageQuery query, ListDefinition<T> definition, int columns) {
			this.query = query;
			this.definition = definition;
			this.columns = columns;
			this.nodes = new ArrayList<>();
			this.sortValues = (query.order().field().column() != null) ? new ArrayList<>() : null;
		}

		void add(ResultRows result, ListRow row) throws SQLException {
			if (this.nodes.size() == this.query.size()) {
				this.hasMore = true;
				return;
			}
			this.nodes.add(this.definition.reader().read(row));
			SortColumn column = this.query.order().field().column();
			if (this.sortValues != null && column != null) {
				this.sortValues.add(column.type().read(result, this.columns + 1));
			}
		}

		Page<T> toPage() {
			if (this.nodes.isEmpty() && !this.hasMore) {
				return Page.empty();
			}
			if (this.query.backward()) {
				Collections.reverse(this.nodes);
				if (this.sortValues != null) {
					Collections.reverse(this.sortValues);
				}
			}
			return new Page<>(this.nodes, this.sortValues, this.hasMore);
		}

	}

}
