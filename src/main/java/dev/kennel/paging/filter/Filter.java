package dev.kennel.paging.filter;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.kennel.text.CaseFolding;
import dev.kennel.text.TextNormalizer;
import org.jspecify.annotations.Nullable;

/**
 * The filter of a list: a condition in SQL, and the values that are bound to its
 * parameters. Filters with the same condition and values are equal, so that they share a
 * statement.
 *
 * <p>
 * A filter is two-valued: a row matches it or does not. A comparison with a null in the
 * row does not match, and the negation of a filter matches exactly the other rows.
 */
public final class Filter {

	/** Every row. */
	public static final Filter ALL_ROWS = new Filter("", List.of(), false);

	private static final Filter NO_ROWS = new Filter("false", List.of(), false);

	private final String sql;

	private final List<Object> values;

	/** Whether the condition is null for some rows, which then don't match. */
	private final boolean nullable;

	/** How deep relations are nested. */
	private final int relations;

	private Filter(String sql, List<Object> values, boolean nullable) {
		this(sql, values, nullable, 0);
	}

	private Filter(String sql, List<Object> values, boolean nullable, int relations) {
		this.sql = sql;
		this.values = values;
		this.nullable = nullable;
		this.relations = relations;
	}

	/**
	 * Creates a builder.
	 * @return a builder without conditions
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Returns the condition, empty for every row. It is made of constants, with a
	 * question mark for each value: input of a client is only ever bound.
	 */
	public String sql() {
		return this.sql;
	}

	/** Returns the values of the question marks, in order. */
	public List<Object> values() {
		return this.values;
	}

	/**
	 * Returns whether a relation is within another one. PostgreSQL may read all rows for
	 * each row then, and again for each of these.
	 */
	public boolean nestsRelations() {
		return this.relations > 1;
	}

	private static Filter allOf(List<Filter> filters) {
		List<Filter> conditions = filters.stream().filter((filter) -> !filter.equals(ALL_ROWS)).toList();
		return switch (conditions.size()) {
			case 0 -> ALL_ROWS;
			case 1 -> conditions.getFirst();
			default -> joined(conditions, "", " AND ", "");
		};
	}

	private static Filter anyOf(List<Filter> filters) {
		if (filters.contains(ALL_ROWS)) {
			return ALL_ROWS;
		}
		return switch (filters.size()) {
			case 0 -> NO_ROWS;
			case 1 -> filters.getFirst();
			default -> joined(filters, "(", " OR ", ")");
		};
	}

	private static Filter joined(List<Filter> filters, String prefix, String separator, String suffix) {
		StringBuilder sql = new StringBuilder(prefix);
		List<Object> values = new ArrayList<>();
		boolean nullable = false;
		int relations = 0;
		for (Filter filter : filters) {
			sql.append((sql.length() > prefix.length()) ? separator : "").append(filter.sql);
			values.addAll(filter.values);
			nullable |= filter.nullable;
			relations = Math.max(relations, filter.relations);
		}
		return new Filter(sql.append(suffix).toString(), List.copyOf(values), nullable, relations);
	}

	private Filter negated() {
		if (equals(ALL_ROWS)) {
			return NO_ROWS;
		}
		return new Filter(this.nullable ? "(" + this.sql + ") IS NOT TRUE" : "NOT (" + this.sql + ")", this.values,
				false, this.relations);
	}

	/** Returns the condition that a related row matches this filter. */
	private Filter exists(Relation relation) {
		List<Object> bound = new ArrayList<>();
		bound.add(Implied.ACCOUNT);
		bound.addAll(this.values);
		// Restricted to the account, and not only to the account of the list's row, so
		// that PostgreSQL may read the related rows first.
		return new Filter(
				"EXISTS (SELECT 1 FROM " + relation.table() + " WHERE user_id = ? AND " + relation.column() + " = "
						+ relation.reference() + (this.sql.isEmpty() ? "" : " AND " + this.sql) + ")",
				List.copyOf(bound), false, this.relations + 1);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Filter filter && this.sql.equals(filter.sql) && this.values.equals(filter.values);
	}

	@Override
	public int hashCode() {
		return this.sql.hashCode() * 31 + this.values.hashCode();
	}

	@Override
	public String toString() {
		return this.sql + " " + this.values;
	}

	/** A value that is not of the filter, but of the statement. */
	public enum Implied {

		/** The account whose rows are read. */
		ACCOUNT

	}

	/**
	 * Collects conditions that all have to hold. A null filter, or a null member of one,
	 * adds no condition.
	 */
	public static final class Builder {

		private static final Pattern WHITE_SPACE = Pattern.compile("\\p{IsWhite_Space}+");

		private final List<Filter> conditions = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Adds the condition that a column has an id.
		 * @param column the column
		 * @param id the id, or null
		 * @return this builder
		 */
		public Builder id(String column, @Nullable UUID id) {
			return compare(column + " = ?", id);
		}

		/**
		 * Adds the conditions of a filter on a text, ignoring case.
		 * @param keyColumn the column with the {@link CaseFolding} key of the text
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder text(String keyColumn, @Nullable StringFilter filter) {
			if (filter == null) {
				return this;
			}
			compare(keyColumn + " = ?", (filter.eq() != null) ? CaseFolding.key(filter.eq()) : null);
			compare(keyColumn + " = ANY (?)", (filter.in() != null)
					? filter.in().stream().map(CaseFolding::key).distinct().sorted().toList() : null);
			compare(keyColumn + " LIKE ?",
					(filter.contains() != null) ? "%" + escapeLike(CaseFolding.key(filter.contains())) + "%" : null);
			if (filter.startsWith() != null) {
				// A range, since an index serves no LIKE whose pattern is a parameter.
				String prefix = CaseFolding.key(filter.startsWith());
				compare(keyColumn + " >= ?", prefix);
				compare(keyColumn + " < ?", afterPrefix(prefix));
			}
			return isNull(keyColumn, filter.isNull());
		}

		/**
		 * Adds the condition that each word of a text is contained in one of the columns,
		 * ignoring case.
		 * @param keyColumns the columns with the {@link CaseFolding} keys of the texts
		 * @param text the words, separated by white space
		 * @return this builder
		 */
		public Builder words(List<String> keyColumns, String text) {
			WHITE_SPACE.splitAsStream(CaseFolding.key(TextNormalizer.normalize(text)))
				.filter((word) -> !word.isEmpty())
				.distinct()
				.map((word) -> "%" + escapeLike(word) + "%")
				.forEach((pattern) -> add(anyOf(keyColumns.stream()
					.map((column) -> new Filter(column + " LIKE ?", List.of(pattern), true))
					.toList())));
			return this;
		}

		/**
		 * Adds the conditions of a filter on the time of creation, as ranges of ids,
		 * which are ordered by creation: the primary key serves them. Times of creation
		 * are whole milliseconds.
		 * @param filter the filter, or null
		 * @return this builder
		 * @see dev.kennel.identity.NodeKind#newId()
		 */
		public Builder createdAt(@Nullable DateTimeFilter filter) {
			return (filter != null) ? from(filter.eq()).until(filter.eq())
				.compare("id >= ?", (filter.gt() != null) ? firstIdAfter(filter.gt()) : null)
				.from(filter.gte())
				.compare("id < ?", (filter.lt() != null) ? firstId(filter.lt()) : null)
				.until(filter.lte()) : this;
		}

		private Builder from(@Nullable OffsetDateTime time) {
			return compare("id >= ?", (time != null) ? firstId(time) : null);
		}

		private Builder until(@Nullable OffsetDateTime time) {
			return compare("id < ?", (time != null) ? firstIdAfter(time) : null);
		}

		/** Returns the smallest id of a time, or of the next millisecond. */
		private static UUID firstId(OffsetDateTime time) {
			return firstId(time.toInstant().plusNanos(999_999).toEpochMilli());
		}

		/** Returns the smallest id of the millisecond after a time. */
		private static UUID firstIdAfter(OffsetDateTime time) {
			return firstId(time.toInstant().toEpochMilli() + 1);
		}

		/** Returns the smallest UUIDv7 of a time: 48 bits of milliseconds, and zeros. */
		private static UUID firstId(long millis) {
			return new UUID(Math.max(millis, 0) << 16, 0);
		}

		/**
		 * Adds the conditions of a filter on a date.
		 * @param column the column
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder date(String column, @Nullable DateFilter filter) {
			return (filter != null) ? compare(column + " = ?", filter.eq()).compare(column + " > ?", filter.gt())
				.compare(column + " >= ?", filter.gte())
				.compare(column + " < ?", filter.lt())
				.compare(column + " <= ?", filter.lte())
				.isNull(column, filter.isNull()) : this;
		}

		private Builder isNull(String column, @Nullable Boolean isNull) {
			return (isNull != null) ? add(new Filter(column + (isNull ? " IS NULL" : " IS NOT NULL"), List.of(), false))
					: this;
		}

		/**
		 * Adds the condition that all of the filters match; an empty list adds none.
		 * @param filters the filters, or null
		 * @return this builder
		 */
		public Builder and(@Nullable List<? extends FilterInput> filters) {
			return (filters != null) ? add(allOf(filters.stream().map(FilterInput::toFilter).toList())) : this;
		}

		/**
		 * Adds the condition that at least one of the filters matches, which none of an
		 * empty list does.
		 * @param filters the filters, or null
		 * @return this builder
		 */
		public Builder or(@Nullable List<? extends FilterInput> filters) {
			return (filters != null) ? add(anyOf(filters.stream().map(FilterInput::toFilter).toList())) : this;
		}

		/**
		 * Adds the condition that a filter does not match.
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder not(@Nullable FilterInput filter) {
			return (filter != null) ? add(filter.toFilter().negated()) : this;
		}

		/**
		 * Adds the condition that at least one of the related rows matches a filter.
		 * @param relation the relation
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder some(Relation relation, @Nullable FilterInput filter) {
			return (filter != null) ? add(filter.toFilter().exists(relation)) : this;
		}

		/**
		 * Adds the condition that none of the related rows matches a filter.
		 * @param relation the relation
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder none(Relation relation, @Nullable FilterInput filter) {
			return (filter != null) ? add(filter.toFilter().exists(relation).negated()) : this;
		}

		/**
		 * Adds the condition that all of the related rows match a filter, which is so if
		 * there are none.
		 * @param relation the relation
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder every(Relation relation, @Nullable FilterInput filter) {
			return (filter != null) ? add(filter.toFilter().negated().exists(relation).negated()) : this;
		}

		/**
		 * Adds the condition that the related row, which always exists, matches a filter.
		 * @param relation the relation
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder one(Relation relation, @Nullable FilterInput filter) {
			Filter related = (filter != null) ? filter.toFilter() : ALL_ROWS;
			return related.equals(ALL_ROWS) ? this : add(related.exists(relation));
		}

		/**
		 * Adds the conditions of a filter on related rows.
		 * @param filter the filter, or null
		 * @return this builder
		 */
		public Builder related(@Nullable FilterInput filter) {
			return (filter != null) ? add(filter.toFilter()) : this;
		}

		private Builder compare(String sql, @Nullable Object value) {
			return (value != null) ? add(new Filter(sql, List.of(value), true)) : this;
		}

		private Builder add(Filter condition) {
			this.conditions.add(condition);
			return this;
		}

		/**
		 * Escapes a text for a pattern of LIKE, so that percent sign, underscore and
		 * backslash match themselves.
		 */
		private static String escapeLike(String text) {
			return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
		}

		/**
		 * Returns the smallest text, in byte order, that is greater than all texts with
		 * the prefix; null if there is none.
		 */
		private static @Nullable String afterPrefix(String prefix) {
			int[] characters = prefix.codePoints().toArray();
			for (int last = characters.length - 1; last >= 0; last--) {
				if (characters[last] < Character.MAX_CODE_POINT) {
					characters[last]++;
					if (characters[last] >= Character.MIN_SURROGATE && characters[last] <= Character.MAX_SURROGATE) {
						characters[last] = Character.MAX_SURROGATE + 1;
					}
					return new String(characters, 0, last + 1);
				}
			}
			return null;
		}

		/**
		 * Builds the filter.
		 * @return the filter
		 */
		public Filter build() {
			return allOf(this.conditions);
		}

	}

}
