package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.kennel.database.pipeline.StatementLane;
import dev.kennel.identity.AccountId;
import dev.kennel.paging.filter.Filter;
import org.jspecify.annotations.Nullable;

/**
 * A parameterized SQL statement, built once for each shape.
 *
 * @param sql the text, with the placeholders {@code $1}, {@code $2} and so on
 * @param parameters what the placeholders stand for, in order
 * @param lane the lane for statements of its expected duration
 */
record ListStatement(String sql, List<Parameter> parameters, StatementLane lane) {

	/** Returns the values of the parameters, in the types that both clients accept. */
	List<Object> values(Arguments arguments) {
		List<Object> values = new ArrayList<>(this.parameters.size());
		for (Parameter parameter : this.parameters) {
			switch (parameter) {
				case ACCOUNT -> values.add(arguments.account().value());
				case IDS -> values.add(arguments.ids().toArray(UUID[]::new));
				case AFTER_VALUE -> values.add(sortValue(arguments.after()));
				case AFTER_ID -> values.add(id(arguments.after()));
				case BEFORE_VALUE -> values.add(sortValue(arguments.before()));
				case BEFORE_ID -> values.add(id(arguments.before()));
				case LIMIT -> values.add((long) arguments.limit());
				case CONDITIONS -> arguments.filter().values().forEach((value) -> values.add(switch (value) {
					case List<?> list -> list.toArray(String[]::new);
					case Filter.Implied _ -> arguments.account().value();
					default -> value;
				}));
			}
		}
		return values;
	}

	private static Object sortValue(@Nullable Cursor cursor) {
		return Objects.requireNonNull(required(cursor).sortValue());
	}

	private static Object id(@Nullable Cursor cursor) {
		return required(cursor).id();
	}

	/** The text of the statement implies that the cursor exists. */
	private static Cursor required(@Nullable Cursor cursor) {
		return Objects.requireNonNull(cursor);
	}

	/** The meaning of a placeholder, or of a sequence of placeholders. */
	enum Parameter {

		/** The account, which is in every statement. */
		ACCOUNT,

		/** The parents of nested lists, or the ids of the requested rows. */
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

		/** The maximum number of rows of a list. */
		LIMIT

	}

	/**
	 * The values for one execution.
	 *
	 * @param account the account whose rows are read
	 * @param ids the ids of parents or rows, empty if the statement has none
	 * @param filter a filter of the shape that the statement was built for
	 * @param after the cursor that the rows come after, or null
	 * @param before the cursor that the rows come before, or null
	 * @param limit the maximum number of rows of a list
	 */
	record Arguments(AccountId account, Collection<UUID> ids, Filter filter, @Nullable Cursor after,
			@Nullable Cursor before, int limit) {
	}

	/** Builds a statement and its parameters. */
	static final class Builder {

		private final StringBuilder sql = new StringBuilder(512);

		private final List<Parameter> parameters = new ArrayList<>();

		private int number;

		/** Appends text, in which each question mark becomes the next placeholder. */
		Builder append(String text) {
			for (int i = 0; i < text.length(); i++) {
				char character = text.charAt(i);
				if (character == '?') {
					this.sql.append('$').append(++this.number);
				}
				else {
					this.sql.append(character);
				}
			}
			return this;
		}

		Builder parameter(Parameter... added) {
			this.parameters.addAll(List.of(added));
			return this;
		}

		ListStatement build(StatementLane lane) {
			return new ListStatement(this.sql.toString(), List.copyOf(this.parameters), lane);
		}

	}

}
