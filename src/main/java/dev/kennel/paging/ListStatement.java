package dev.kennel.paging;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

import dev.kennel.database.AccountId;
import dev.kennel.database.UuidArray;
import org.jspecify.annotations.Nullable;

/**
 * The text of a statement, made once for all that have the same shape, and what each of
 * its parameters is, in order.
 *
 * @param sql the text
 * @param parameters what is bound
 */
record ListStatement(String sql, List<Parameter> parameters) {

	/** Binds the parameters. */
	void bind(PreparedStatement statement, Arguments arguments) throws SQLException {
		int position = 0;
		for (Parameter parameter : this.parameters) {
			position++;
			switch (parameter) {
				case ACCOUNT -> statement.setObject(position, arguments.account().value());
				case IDS -> statement.setObject(position, new UuidArray(arguments.ids()));
				case AFTER_VALUE -> statement.setObject(position, sortValue(arguments.after()));
				case AFTER_ID -> statement.setObject(position, id(arguments.after()));
				case BEFORE_VALUE -> statement.setObject(position, sortValue(arguments.before()));
				case BEFORE_ID -> statement.setObject(position, id(arguments.before()));
				case LIMIT -> statement.setInt(position, arguments.limit());
				case CONDITIONS -> {
					for (Filter.Condition condition : arguments.filter().conditions()) {
						if (condition.value() instanceof List<?> list) {
							statement.setArray(position,
									statement.getConnection().createArrayOf("text", list.toArray()));
						}
						else {
							statement.setObject(position, condition.value());
						}
						position++;
					}
					position--;
				}
			}
		}
	}

	private static @Nullable Object sortValue(@Nullable Cursor cursor) {
		return (cursor != null) ? cursor.sortValue() : null;
	}

	private static @Nullable Object id(@Nullable Cursor cursor) {
		return (cursor != null) ? cursor.id() : null;
	}

	/** What a parameter, or a run of them, is. */
	enum Parameter {

		/** The account, in every statement. */
		ACCOUNT,

		/** The parents of nested lists, or the ids that rows are asked for by. */
		IDS,

		/** All values of the filter. */
		CONDITIONS,

		/** The sort value of the cursor that the rows come after. */
		AFTER_VALUE,

		/** The id of that cursor. */
		AFTER_ID,

		/** The sort value of the cursor that the rows come before. */
		BEFORE_VALUE,

		/** The id of that cursor. */
		BEFORE_ID,

		/** The most rows of a list. */
		LIMIT

	}

	/**
	 * The values for one run.
	 *
	 * @param account whose rows
	 * @param ids the parents or ids, empty where the statement has none
	 * @param filter the filter of the shape that the statement was made for
	 * @param after the cursor that rows come after, or null
	 * @param before the cursor that rows come before, or null
	 * @param limit the most rows of a list
	 */
	record Arguments(AccountId account, Collection<UUID> ids, Filter filter, @Nullable Cursor after,
			@Nullable Cursor before, int limit) {
	}

	/** Puts a text together, and notes its parameters. */
	static final class Builder {

		private final StringBuilder sql = new StringBuilder(512);

		private final List<Parameter> parameters = new ArrayList<>();

		Builder append(String text) {
			this.sql.append(text);
			return this;
		}

		Builder parameter(Parameter... added) {
			this.parameters.addAll(List.of(added));
			return this;
		}

		ListStatement build() {
			return new ListStatement(this.sql.toString(), List.copyOf(this.parameters));
		}

	}

}
