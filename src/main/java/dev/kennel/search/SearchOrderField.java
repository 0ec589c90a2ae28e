package dev.kennel.search;

import dev.kennel.paging.order.OrderField;
import dev.kennel.paging.order.SortColumn;
import dev.kennel.paging.order.SortType;

/** The field by which the results of a search are sorted. */
enum SearchOrderField implements OrderField {

	NAME;

	private static final SortColumn COLUMN = new SortColumn("name_key", SortType.TEXT, false);

	@Override
	public SortColumn column() {
		return COLUMN;
	}

}
