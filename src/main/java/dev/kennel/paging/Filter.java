package dev.kennel.paging;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.kennel.text.CaseFolding;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a list are meant: conditions that all have to hold. Two filters that mean
 * the same by construction are equal, so that they are one statement.
 */
public final class Filter {

	/** Every row. */
	public static final Filter NONE = new Filter(List.of());

	private final List<Condition> conditions;

	private Filter(List<Condition> conditions) {
		this.conditions = conditions;
	}

	/**
	 * Starts a filter.
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
	 * One comparison. The SQL is a constant of Kennel's with one parameter; what the
	 * client sent is only ever bound.
	 */
	record Condition(String sql, Object value) {
	}

	/** Collects conditions. A null filter, and a null member of one, asks for nothing. */
	public static final class Builder {

		private final List<Condition> conditions = new ArrayList<>();

		private Builder() {
		}

		/**
		 * The row's id in a column is one.
		 * @param column the column
		 * @param id the id, or null
		 * @return this builder
		 */
		public Builder id(String column, @Nullable UUID id) {
			return add(column + " = ?", id);
		}

		/**
		 * A text fits, whatever the case.
		 * @param keyColumn the column with the text's {@link CaseFolding} key
		 * @param filter what it has to fit, or null
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
					(filter.contains() != null) ? "%" + literal(CaseFolding.key(filter.contains())) + "%" : null);
			if (filter.startsWith() != null) {
				// A range, since the index serves no LIKE whose pattern is a parameter.
				String prefix = CaseFolding.key(filter.startsWith());
				add(keyColumn + " >= ?", prefix);
				add(keyColumn + " < ?", afterPrefix(prefix));
			}
			return this;
		}

		/**
		 * The row was created in a range. The ids, whose order is that of creation, say
		 * so: the primary key serves it.
		 * @param filter the range, or null
		 * @return this builder
		 * @see dev.kennel.database.NewRow
		 */
		public Builder createdAt(@Nullable DateTimeFilter filter) {
			return (filter != null) ? add("id >= ?", (filter.gte() != null) ? firstId(filter.gte()) : null)
				.add("id < ?", (filter.lt() != null) ? firstId(filter.lt()) : null) : this;
		}

		/**
		 * The smallest UUID of version 7 for a moment: 48 bits of milliseconds, and
		 * nothing.
		 */
		private static UUID firstId(OffsetDateTime moment) {
			Instant instant = moment.toInstant();
			long millis = instant.plusNanos(999_999).toEpochMilli();
			return new UUID(Math.max(millis, 0) << 16, 0);
		}

		/**
		 * A day lies in a range.
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
		 * In a pattern of LIKE, a percent sign, an underscore and a backslash stand for
		 * themselves.
		 */
		private static String literal(String text) {
			return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
		}

		/**
		 * The smallest text, byte by byte, that is greater than all that begin with the
		 * prefix; null if none is.
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
		 * Ends the filter.
		 * @return the filter
		 */
		public Filter build() {
			return this.conditions.isEmpty() ? NONE : new Filter(List.copyOf(this.conditions));
		}

	}

}
