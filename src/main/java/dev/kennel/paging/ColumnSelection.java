package dev.kennel.paging;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which of a listing's columns are read: what an operation does not show is not sent, nor
 * taken apart.
 */
final class ColumnSelection {

	private final List<ListColumn> columns;

	/** By a column's number in the listing, its number in the result, or 0. */
	private final int[] positions;

	private final int size;

	private final int key;

	private ColumnSelection(List<ListColumn> columns, Predicate<String> shown) {
		this.columns = columns;
		this.positions = new int[columns.size() + 1];
		int taken = 0;
		int bits = 0;
		for (int i = 0; i < columns.size(); i++) {
			String field = columns.get(i).field();
			if (field == null || shown.test(field)) {
				taken++;
				this.positions[i + 1] = taken;
				bits |= 1 << i;
			}
		}
		this.size = taken;
		this.key = bits;
	}

	/**
	 * Selects columns.
	 * @param columns all that there are, fewer than 32
	 * @param shown whether a field is shown
	 */
	static ColumnSelection of(List<ListColumn> columns, Predicate<String> shown) {
		return new ColumnSelection(columns, shown);
	}

	/** The same for the same columns of a listing, and no others. */
	int key() {
		return this.key;
	}

	int size() {
		return this.size;
	}

	int[] positions() {
		return this.positions;
	}

	/** As a statement selects them. */
	String columns() {
		return String.join(", ", selected().stream().map(ListColumn::sql).toList());
	}

	/** As a statement around it does. */
	String names() {
		return String.join(", ", selected().stream().map(ListColumn::name).toList());
	}

	private List<ListColumn> selected() {
		List<ListColumn> selected = new ArrayList<>();
		for (int i = 0; i < this.columns.size(); i++) {
			if (this.positions[i + 1] != 0) {
				selected.add(this.columns.get(i));
			}
		}
		return selected;
	}

}
