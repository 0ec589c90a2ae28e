package dev.kennel.paging;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The rows of a page, in the order of the list.
 *
 * @param <T> the type of a row
 * @param nodes the rows
 * @param sortValues the value of each row in the sort column, or null if the order has no
 * sort column
 * @param hasMore whether there are further rows beyond the limited end of the page,
 * before the opposite cursor
 */
record Page<T>(List<T> nodes, @Nullable List<@Nullable Object> sortValues, boolean hasMore) {

	private static final Page<?> EMPTY = new Page<>(List.of(), null, false);

	@SuppressWarnings("unchecked")
	static <T> Page<T> empty() {
		return (Page<T>) EMPTY;
	}

}
