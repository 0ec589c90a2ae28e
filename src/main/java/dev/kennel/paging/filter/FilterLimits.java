package dev.kennel.paging.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.kennel.error.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Limits the nesting and the size of the {@code filter} argument of a list. A filter that
 * exceeds one is not validated further.
 */
public final class FilterLimits {

	/** How deep objects may be nested: {@code {name: {eq: "Rex"}}} is 2. */
	static final int MAX_NESTING = 8;

	/** The maximum number of members that are not null, in all objects together. */
	static final int MAX_MEMBERS = 100;

	private final List<Object> path = new ArrayList<>(List.of("filter"));

	private int members;

	private FilterLimits() {
	}

	/**
	 * Checks a filter.
	 * @param filter the coerced value of the argument, or null
	 * @return the violation, with the path of the first object that exceeds a limit, or
	 * null if there is none
	 */
	public static @Nullable Violation check(@Nullable Object filter) {
		return (filter != null) ? new FilterLimits().visit(filter, 1) : null;
	}

	private @Nullable Violation visit(@Nullable Object value, int nesting) {
		return switch (value) {
			case Map<?, ?> _ when nesting > MAX_NESTING ->
				violation("NESTING", "A filter nests objects at most " + MAX_NESTING + " deep.");
			case Map<?, ?> object -> {
				for (Map.Entry<?, ?> member : object.entrySet()) {
					if (member.getValue() != null && ++this.members > MAX_MEMBERS) {
						yield violation("LENGTH", "A filter has at most " + MAX_MEMBERS + " members.");
					}
					Violation violation = descend(member.getKey(), member.getValue(), nesting + 1);
					if (violation != null) {
						yield violation;
					}
				}
				yield null;
			}
			case List<?> list -> {
				for (int i = 0; i < list.size(); i++) {
					Violation violation = descend(i, list.get(i), nesting);
					if (violation != null) {
						yield violation;
					}
				}
				yield null;
			}
			case null, default -> null;
		};
	}

	private @Nullable Violation descend(Object name, @Nullable Object value, int nesting) {
		this.path.add(name);
		Violation violation = visit(value, nesting);
		this.path.removeLast();
		return violation;
	}

	private Violation violation(String code, String message) {
		return new Violation(this.path, code, message);
	}

}
