package dev.kennel.paging.column;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The selected columns of a list definition: columns of fields that an operation does not
 * select are neither transferred nor decoded.
 */
public final class ColumnSelection {

	private final List<ListColumn> columns;

	/** The number of a column in the result, or 0, by its number in the definition. */
	private final int[] positions;

	private final int size;

	private final int key;

	private ColumnSelection(List<ListColumn> columns, Predicate<String> isSelected) {
		this.columns = columns;
		this.positions = new int[columns.size() + 1];
		int count = 0;
		int bitSet = 0;
		for (int i = 0; i < columns.size(); i++) {
			String field = columns.get(i).field();
			if (field == null || isSelected.test(field)) {
				count++;
				this.positions[i + 1] = count;
				bitSet |= 1 << i;
			}
		}
		this.size = count;
		this.key = bitSet;
	}

	/**
	 * Selects columns.
	 * @param columns all columns, fewer than 32
	 * @param isSelected whether a field is selected
	 * @return the selection
	 */
	public static ColumnSelection of(List<ListColumn> columns, Predicate<String> isSelected) {
		return new ColumnSelection(columns, isSelected);
	}

	/** Returns a bit set of the columns: equal for equal selections of a definition. */
	public int key() {
		return this.key;
	}

	/** Returns the number of selected columns. */
	public int size() {
		return this.size;
	}

	int[] positions() {
		return this.positions;
	}

	/** Returns the columns as select items. */
	public String columns() {
		return String.join(", ", selectedColumns().stream().map(ListColumn::sql).toList());
	}

	/** Returns the names of the columns, for an enclosing statement. */
	public String names() {
		return String.join(", ", selectedColumns().stream().map(ListColumn::name).toList());
	}

	private List<ListColumn> selectedColumns() {
		List<ListColumn> selectedColumns = new ArrayList<>();
		for (int i = 0; i < this.columns.size(); i++) {
			if (this.positions[i + 1] != 0) {
				selectedColumns.add(this.columns.get(i));
			}
		}
		return selectedColumns;
	}

}
