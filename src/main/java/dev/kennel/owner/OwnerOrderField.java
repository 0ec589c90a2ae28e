package dev.kennel.owner;

import dev.kennel.paging.order.OrderField;
import dev.kennel.paging.order.SortColumn;
import dev.kennel.paging.order.SortType;
import org.jspecify.annotations.Nullable;

/** The fields by which owners can be sorted. */
enum OwnerOrderField implements OrderField {

	CREATED_AT(null),

	UPDATED_AT(new SortColumn("updated_at", SortType.TIMESTAMP, false)),

	NAME(new SortColumn("name_key", SortType.TEXT, false));

	private final @Nullable SortColumn column;

	OwnerOrderField(@Nullable SortColumn column) {
		this.column = column;
	}

	@Override
	public @Nullable SortColumn column() {
		return this.column;
	}

}
