package dev.kennel.database;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import net.sf.jsqlparser.JSQLParserException;
import net.sf.jsqlparser.expression.Alias;
import net.sf.jsqlparser.expression.CastExpression;
import net.sf.jsqlparser.expression.Expression;
import net.sf.jsqlparser.expression.ExpressionVisitorAdapter;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.JdbcParameter;
import net.sf.jsqlparser.expression.TimeKeyExpression;
import net.sf.jsqlparser.expression.operators.conditional.AndExpression;
import net.sf.jsqlparser.expression.operators.relational.EqualsTo;
import net.sf.jsqlparser.expression.operators.relational.ExpressionList;
import net.sf.jsqlparser.expression.operators.relational.ParenthesedExpressionList;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.schema.Column;
import net.sf.jsqlparser.schema.Table;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.delete.ParenthesedDelete;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.insert.ParenthesedInsert;
import net.sf.jsqlparser.statement.select.AllColumns;
import net.sf.jsqlparser.statement.select.AllTableColumns;
import net.sf.jsqlparser.statement.select.FromItem;
import net.sf.jsqlparser.statement.select.Join;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.SelectItem;
import net.sf.jsqlparser.statement.select.SetOperationList;
import net.sf.jsqlparser.statement.select.Values;
import net.sf.jsqlparser.statement.select.WithItem;
import net.sf.jsqlparser.statement.update.ParenthesedUpdate;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.statement.update.UpdateSet;
import org.jspecify.annotations.Nullable;

/**
 * What a statement would be on tables that are distributed by {@code user_id}: whether
 * each occurrence of such a table is bound to one account, so that the statement has one
 * shard, and whether a distributed database refuses it.
 *
 * <p>
 * A table is bound if its {@code user_id} equals a parameter, or the {@code user_id} of a
 * bound table, subquery or {@code WITH} query. Equalities count in a conjunction only,
 * and from the outer table of an outer join, or of a correlated subquery, to the inner
 * one.
 */
final class ShardedStatement {

	/** The column that tables are distributed by. */
	private static final String KEY = "user_id";

	private static final Set<String> VOLATILE_FUNCTIONS = Set.of("clock_timestamp", "gen_random_uuid", "nextval", "now",
			"random", "setval", "timeofday");

	private final Set<String> distributed;

	private final Set<String> unbound = new TreeSet<>();

	private final Set<String> volatileFunctions = new TreeSet<>();

	private final List<Occurrence> occurrences = new ArrayList<>();

	/** The accounts to which binding one binds others. */
	private final Map<Account, Set<Account>> implications = new HashMap<>();

	/** The unions that are bound if all of their parts are. */
	private final Map<Account, List<Account>> unions = new HashMap<>();

	/** A parameter. */
	private final Account parameter = new Account();

	private boolean locksRows;

	private ShardedStatement(Set<String> distributed) {
		this.distributed = distributed;
	}

	/**
	 * Analyses a statement.
	 * @param sql the SQL, with parameters of either driver
	 * @param distributed the names of the distributed tables
	 * @throws IllegalArgumentException if the parser does not know the syntax
	 */
	static ShardedStatement of(String sql, Set<String> distributed) {
		// The parser does not know a collation of a null, nor an empty list of columns.
		String known = sql.replaceAll("\\$\\d+", "?")
			.replace(" COLLATE \"C\"", "")
			.replace("SELECT FROM", "SELECT 1 FROM");
		ShardedStatement statement = new ShardedStatement(distributed);
		try {
			statement.analyze(CCJSqlParserUtil.parse(known), null);
		}
		catch (JSQLParserException ex) {
			throw new IllegalArgumentException(sql, ex);
		}
		statement.bind();
		return statement;
	}

	/** Returns the distributed tables that are not bound to one account. */
	Set<String> unbound() {
		return this.unbound;
	}

	/** Returns the volatile functions that decide about an update or delete. */
	Set<String> volatileFunctions() {
		return this.volatileFunctions;
	}

	/** Returns whether it locks rows explicitly. */
	boolean locksRows() {
		return this.locksRows;
	}

	private void bind() {
		Set<Account> bound = new HashSet<>(Set.of(this.parameter));
		boolean changed = true;
		while (changed) {
			Set<Account> next = bound.stream()
				.flatMap((account) -> this.implications.getOrDefault(account, Set.of()).stream())
				.collect(Collectors.toSet());
			this.unions.forEach((union, parts) -> {
				if (bound.containsAll(parts)) {
					next.add(union);
				}
			});
			changed = bound.addAll(next);
		}
		this.occurrences.stream()
			.filter((occurrence) -> !bound.contains(occurrence.account()))
			.forEach((occurrence) -> this.unbound.add(occurrence.table()));
	}

	private void imply(Account account, Account other) {
		this.implications.computeIfAbsent(account, (key) -> new HashSet<>()).add(other);
	}

	private Output analyze(Statement statement, @Nullable Scope outer) {
		return switch (statement) {
			case ParenthesedInsert insert -> analyzeInsert(insert.getInsert(), outer);
			case Insert insert -> analyzeInsert(insert, outer);
			case ParenthesedUpdate update -> analyzeUpdate(update.getUpdate(), outer);
			case Update update -> analyzeUpdate(update, outer);
			case ParenthesedDelete delete -> analyzeDelete(delete.getDelete(), outer);
			case Delete delete -> analyzeDelete(delete, outer);
			case Select select -> analyzeSelect(select, outer);
			default -> new Output();
		};
	}

	private Scope with(@Nullable List<WithItem<?>> items, @Nullable Scope outer) {
		Scope scope = new Scope(outer);
		for (WithItem<?> item : list(items)) {
			Output output = analyze(item.getParenthesedStatement(), scope);
			List<SelectItem<?>> names = list(item.getWithItemList());
			scope.queries.put(name(item.getAliasName()),
					names.isEmpty() ? output : output.renamed(names.stream().map(Object::toString).toList()));
		}
		return scope;
	}

	private Output analyzeSelect(Select select, @Nullable Scope outer) {
		this.locksRows |= select.getForMode() != null;
		Scope scope = with(select.getWithItemsList(), outer);
		return switch (select) {
			case ParenthesedSelect nested -> analyzeSelect(nested.getSelect(), scope);
			case SetOperationList union -> analyzeUnion(union, scope);
			case Values values -> analyzeValues(values, scope);
			case PlainSelect plain -> analyzePlain(plain, scope);
			default -> throw new IllegalArgumentException(select.toString());
		};
	}

	private Output analyzeUnion(SetOperationList union, Scope scope) {
		List<Output> parts = union.getSelects().stream().map((part) -> analyzeSelect(part, scope)).toList();
		Output output = new Output();
		int position = parts.getFirst().names.indexOf(KEY);
		output.names.addAll(parts.getFirst().names);
		output.accounts.addAll(parts.getFirst().accounts);
		if (position >= 0) {
			Account account = new Account();
			List<Account> accounts = parts.stream().map((part) -> part.accounts.get(position)).toList();
			accounts.forEach((part) -> imply(account, part));
			this.unions.put(account, accounts);
			output.accounts.set(position, account);
		}
		return output;
	}

	private Output analyzeValues(Values values, Scope scope) {
		Output output = new Output();
		for (Expression row : values.getExpressions()) {
			if (row instanceof ExpressionList<?> columns) {
				columns.forEach((column) -> output.add("", account(column, scope)));
				break;
			}
			output.add("", account(row, scope));
		}
		values.getExpressions().forEach((row) -> analyzeExpression(row, scope, false));
		return output;
	}

	private Output analyzePlain(PlainSelect select, Scope scope) {
		addFrom(select.getFromItem(), scope);
		addJoins(select.getJoins(), scope, false);
		analyzeCondition(select.getWhere(), scope, false);
		analyzeCondition(select.getHaving(), scope, false);
		return output(select.getSelectItems(), scope);
	}

	private Output analyzeInsert(Insert insert, @Nullable Scope outer) {
		Scope scope = with(insert.getWithItemsList(), outer);
		Output rows = (insert.getSelect() != null) ? analyzeSelect(insert.getSelect(), scope) : new Output();
		Account account = add(insert.getTable(), scope);
		List<String> columns = list(insert.getColumns()).stream()
			.map((column) -> name(column.getColumnName()))
			.toList();
		int position = columns.indexOf(KEY);
		if (position >= 0 && position < rows.accounts.size()) {
			imply(rows.accounts.get(position), account);
		}
		if (insert.getConflictAction() != null) {
			analyzeCondition(insert.getConflictAction().getWhereExpression(), scope, true);
			analyzeAssignments(insert.getConflictAction().getUpdateSets(), scope);
		}
		return output(insert.getReturningClause(), scope);
	}

	private Output analyzeUpdate(Update update, @Nullable Scope outer) {
		Scope scope = with(update.getWithItemsList(), outer);
		add(update.getTable(), scope);
		addFrom(update.getFromItem(), scope);
		addJoins(update.getStartJoins(), scope, true);
		addJoins(update.getJoins(), scope, true);
		analyzeCondition(update.getWhere(), scope, true);
		analyzeAssignments(update.getUpdateSets(), scope);
		return output(update.getReturningClause(), scope);
	}

	private void analyzeAssignments(@Nullable List<UpdateSet> assignments, Scope scope) {
		for (UpdateSet assignment : list(assignments)) {
			assignment.getValues().forEach((value) -> analyzeExpression(value, scope, true));
		}
	}

	private Output analyzeDelete(Delete delete, @Nullable Scope outer) {
		Scope scope = with(delete.getWithItemsList(), outer);
		add(delete.getTable(), scope);
		list(delete.getUsingList()).forEach((table) -> add(table, scope));
		addJoins(delete.getJoins(), scope, true);
		analyzeCondition(delete.getWhere(), scope, true);
		return output(delete.getReturningClause(), scope);
	}

	private void addJoins(@Nullable List<Join> joins, Scope scope, boolean modification) {
		for (Join join : list(joins)) {
			if (join.isRight() || join.isFull() || !list(join.getUsingColumns()).isEmpty()) {
				throw new IllegalArgumentException("Not supported by this analysis: " + join);
			}
			Set<Account> before = new HashSet<>(scope.accounts.values());
			addFrom(join.getRightItem(), scope);
			for (Expression condition : join.getOnExpressions()) {
				if (join.isLeft()) {
					conjuncts(condition).forEach((equality) -> equateInner(equality, scope, before));
					analyzeExpression(condition, scope, modification);
				}
				else {
					analyzeCondition(condition, scope, modification);
				}
			}
		}
	}

	/** The condition of an outer join binds the inner table by the outer one. */
	private void equateInner(EqualsTo equality, Scope scope, Set<Account> outer) {
		Account left = account(equality.getLeftExpression(), scope);
		Account right = account(equality.getRightExpression(), scope);
		if (!outer.contains(right)) {
			imply(left, right);
		}
		if (!outer.contains(left)) {
			imply(right, left);
		}
	}

	private void addFrom(@Nullable FromItem item, Scope scope) {
		switch (item) {
			case null -> {
			}
			case Table table -> add(table, scope);
			case ParenthesedSelect nested -> {
				Output output = analyzeSelect(nested, scope);
				if (nested.getSelect().getLimit() != null || nested.getSelect().getOffset() != null) {
					// A condition on its result does not restrict what it reads.
					output = output.detached(this::imply);
				}
				Alias alias = nested.getAlias();
				if (alias != null && alias.getAliasColumns() != null) {
					output = output.renamed(alias.getAliasColumns().stream().map((column) -> column.name).toList());
				}
				scope.add((alias != null) ? name(alias.getName()) : "", output.account());
			}
			// The rows of a function are of several accounts.
			default -> scope.add((item.getAlias() != null) ? name(item.getAlias().getName()) : "", new Account());
		}
	}

	/** Adds a table, or the result of a {@code WITH} query; returns its account. */
	private Account add(Table table, Scope scope) {
		String name = name(table.getName());
		Alias alias = table.getAlias();
		Output query = scope.query(name);
		Account account = new Account();
		if (query != null) {
			// Restricting a reference does not restrict what the query reads.
			imply(query.account(), account);
		}
		else if (this.distributed.contains(name)) {
			this.occurrences.add(new Occurrence(name, account));
		}
		scope.add((alias != null) ? name(alias.getName()) : name, account);
		if (query == null && !this.distributed.contains(name)) {
			scope.withoutKey.add(account);
		}
		return account;
	}

	private Output output(@Nullable List<? extends SelectItem<?>> items, Scope scope) {
		Output output = new Output();
		for (SelectItem<?> item : list(items)) {
			switch (item.getExpression()) {
				case AllTableColumns all -> output.add(KEY, scope.account(name(all.getTable().getName())));
				case AllColumns _ -> scope.accounts.values().forEach((account) -> output.add(KEY, account));
				case null -> {
				}
				default -> {
					Expression expression = item.getExpression();
					analyzeExpression(expression, scope, false);
					String name = (item.getAlias() != null) ? item.getAlias().getName()
							: (expression instanceof Column column) ? column.getColumnName() : "";
					output.add(name(name), account(expression, scope));
				}
			}
		}
		return output;
	}

	private void analyzeCondition(@Nullable Expression condition, Scope scope, boolean modification) {
		if (condition != null) {
			conjuncts(condition).forEach((equality) -> {
				Account left = account(equality.getLeftExpression(), scope);
				Account right = account(equality.getRightExpression(), scope);
				boolean leftInner = scope.accounts.containsValue(left);
				boolean rightInner = scope.accounts.containsValue(right);
				if (leftInner) {
					imply(right, left);
				}
				if (rightInner) {
					imply(left, right);
				}
			});
			analyzeExpression(condition, scope, modification);
		}
	}

	private static Stream<EqualsTo> conjuncts(Expression condition) {
		return switch (condition) {
			case AndExpression and ->
				Stream.concat(conjuncts(and.getLeftExpression()), conjuncts(and.getRightExpression()));
			case ParenthesedExpressionList<?> list when list.size() == 1 -> conjuncts(list.getFirst());
			case EqualsTo equality -> Stream.of(equality);
			default -> Stream.empty();
		};
	}

	/** Analyses subqueries and functions. */
	private void analyzeExpression(Expression expression, Scope scope, boolean modification) {
		expression.accept(new ExpressionVisitorAdapter<@Nullable Void>() {

			@Override
			public <S> @Nullable Void visit(ParenthesedSelect select, S context) {
				analyzeNested(select);
				return null;
			}

			@Override
			public <S> @Nullable Void visit(Select select, S context) {
				analyzeNested(select);
				return null;
			}

			private void analyzeNested(Select select) {
				analyzeSelect(select, new Scope(scope));
				if (modification) {
					ShardedStatement.this.volatileFunctions.addAll(volatileFunctions(select.toString()));
				}
			}

			@Override
			public <S> @Nullable Void visit(Function function, S context) {
				addVolatile(function.getName());
				return super.visit(function, context);
			}

			@Override
			public <S> @Nullable Void visit(TimeKeyExpression time, S context) {
				addVolatile("now");
				return null;
			}

			private void addVolatile(String function) {
				if (modification && VOLATILE_FUNCTIONS.contains(name(function))) {
					ShardedStatement.this.volatileFunctions.add(name(function));
				}
			}

		}, null);
	}

	private static Set<String> volatileFunctions(String sql) {
		String text = name(sql);
		return VOLATILE_FUNCTIONS.stream()
			.filter((function) -> text.contains(function + "("))
			.collect(Collectors.toSet());
	}

	/** Returns the account that an expression denotes; a new one if it denotes none. */
	private Account account(Expression expression, Scope scope) {
		return switch (expression) {
			case JdbcParameter _ -> this.parameter;
			case CastExpression cast -> account(cast.getLeftExpression(), scope);
			case ParenthesedExpressionList<?> list when list.size() == 1 -> account(list.getFirst(), scope);
			case Column column when name(column.getColumnName()).equals(KEY) ->
				(column.getTable() != null) ? scope.account(name(column.getTable().getName())) : scope.account();
			default -> new Account();
		};
	}

	private static String name(String text) {
		return text.toLowerCase(Locale.ROOT).replace("\"", "");
	}

	private static <T> List<T> list(@Nullable List<T> list) {
		return (list != null) ? list : List.of();
	}

	/** The account of the rows of a table or query; equal to itself only. */
	private static final class Account {

	}

	/** A distributed table in the statement. */
	private record Occurrence(String table, Account account) {
	}

	/** The columns that a query returns. */
	private static final class Output {

		private final List<String> names = new ArrayList<>();

		private final List<Account> accounts = new ArrayList<>();

		void add(String name, Account account) {
			this.names.add(name);
			this.accounts.add(account);
		}

		Output renamed(List<String> others) {
			Output renamed = new Output();
			for (int i = 0; i < this.accounts.size(); i++) {
				renamed.add((i < others.size()) ? name(others.get(i)) : this.names.get(i), this.accounts.get(i));
			}
			return renamed;
		}

		/** Returns the same columns, of accounts that follow from these. */
		Output detached(BiConsumer<Account, Account> implication) {
			Output detached = new Output();
			for (int i = 0; i < this.accounts.size(); i++) {
				Account account = new Account();
				implication.accept(this.accounts.get(i), account);
				detached.add(this.names.get(i), account);
			}
			return detached;
		}

		/** Returns the account of the rows: a new one if they don't have its column. */
		Account account() {
			int position = this.names.indexOf(KEY);
			return (position >= 0) ? this.accounts.get(position) : new Account();
		}

	}

	/** The tables and queries that the expressions of a query can refer to. */
	private static final class Scope {

		private final @Nullable Scope outer;

		private final Map<String, Account> accounts = new LinkedHashMap<>();

		private final Map<String, Output> queries = new HashMap<>();

		/** The tables that are known not to have the column. */
		private final Set<Account> withoutKey = new HashSet<>();

		Scope(@Nullable Scope outer) {
			this.outer = outer;
		}

		void add(String alias, Account account) {
			this.accounts.put(alias, account);
		}

		@Nullable Output query(String name) {
			Output query = this.queries.get(name);
			return (query == null && this.outer != null) ? this.outer.query(name) : query;
		}

		Account account(String alias) {
			Account account = this.accounts.get(alias);
			if (account != null) {
				return account;
			}
			return (this.outer != null) ? this.outer.account(alias) : new Account();
		}

		/** Returns the account of the innermost table that has the column. */
		Account account() {
			for (Account account : this.accounts.values()) {
				if (!this.withoutKey.contains(account)) {
					return account;
				}
			}
			return (this.outer != null) ? this.outer.account() : new Account();
		}

	}

}
