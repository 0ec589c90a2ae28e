package dev.kennel.paging;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a page, in the list's order.
 *
 * @param <T> what a row is
 * @param nodes the rows
 * @param sortValues each row's value in the sort column, or null if the order has none
 * @param more whether there are further rows beyond the end that the page was limited at,
 * before the other cursor
 */
record Page<T>(List<T> nodes, @Nullable List<@Nullable Object> sortValues, boolean more) {

	private static final Page<?> EMPTY = new Page<>(List.of(), null, false);

	@SuppressWarnings("unchecked")
	static <T> Page<T> empty() {
		return (Page<T>) EMPTY;
	}

}
