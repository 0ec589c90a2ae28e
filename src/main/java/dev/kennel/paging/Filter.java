package dev.kennel.paging;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.kennel.text.CaseFolding;
import org.jspecify.annotations.Nullable;

/**
 * The filter of a list: conditions that all have to hold. Filters with the same
 * conditions are equal, so that they share a statement.
 */
public final class Filter {

	/** Every row. */
	public static final Filter NONE = new Filter(List.of());

	private final List<Condition> conditions;

	private Filter(List<Condition> conditions) {
		this.conditions = conditions;
	}

	/**
	 * Creates a builder.
	 * @return a builder without conditions
	 */
	public static Builder builder() {
		return new Builder();
	}

	List<Condition> conditions() {
		return this.conditions;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Filter filter && this.conditions.equals(filter.conditions);
	}

	@Override
	public int hashCode() {
		return this.conditions.hashCode();
	}

	@Override
	public String toString() {
		return this.conditions.toString();
	}

	/**
	 * One comparison. The SQL is a constant with one parameter; input of a client is only
	 * ever bound.
	 */
	record Condition(String sql, Object value) {
	}

	/** Collects conditions. A null filter, or a null member of one, adds no condition. */
	public static final class Builder {

		private final List<Condition> conditions = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Adds the condition that a column has an id.
		 * @param column the column
		 * @param id the id, or null
		 * @return this builder
		 */
		public Builder id(String column, @Nullable UUID id) {
			return add(column + " = ?", id);
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
			add(keyColumn + " = ?", (filter.eq() != null) ? CaseFolding.key(filter.eq()) : null);
			add(keyColumn + " = ANY (?)", (filter.in() != null)
					? filter.in().stream().map(CaseFolding::key).distinct().sorted().toList() : null);
			add(keyColumn + " LIKE ?",
					(filter.contains() != null) ? "%" + escapeLike(CaseFolding.key(filter.contains())) + "%" : null);
			if (filter.startsWith() != null) {
				// A range, since an index serves no LIKE whose pattern is a parameter.
				String prefix = CaseFolding.key(filter.startsWith());
				add(keyColumn + " >= ?", prefix);
				add(keyColumn + " < ?", afterPrefix(prefix));
			}
			return this;
		}

		/**
		 * Adds the conditions of a range of creation times, as a range of ids, which are
		 * ordered by creation: the primary key serves it.
		 * @param filter the range, or null
		 * @return this builder
		 * @see dev.kennel.database.NewRow
		 */
		public Builder createdAt(@Nullable DateTimeFilter filter) {
			return (filter != null) ? add("id >= ?", (filter.gte() != null) ? firstId(filter.gte()) : null)
				.add("id < ?", (filter.lt() != null) ? firstId(filter.lt()) : null) : this;
		}

		/** Returns the smallest UUIDv7 of a time: 48 bits of milliseconds, and zeros. */
		private static UUID firstId(OffsetDateTime time) {
			Instant instant = time.toInstant();
			long millis = instant.plusNanos(999_999).toEpochMilli();
			return new UUID(Math.max(millis, 0) << 16, 0);
		}

		/**
		 * Adds the conditions of a range of dates.
		 * @param column the column
		 * @param filter the range, or null
		 * @return this builder
		 */
		public Builder range(String column, @Nullable DateFilter filter) {
			return (filter != null) ? add(column + " >= ?", filter.gte()).add(column + " < ?", filter.lt()) : this;
		}

		private Builder add(String sql, @Nullable Object value) {
			if (value != null) {
				this.conditions.add(new Condition(sql, value));
			}
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
			return this.conditions.isEmpty() ? NONE : new Filter(List.copyOf(this.conditions));
		}

	}

}
