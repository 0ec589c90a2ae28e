package dev.kennel.dog;

import dev.kennel.paging.order.OrderField;
import dev.kennel.paging.order.SortColumn;
import dev.kennel.paging.order.SortType;
import org.jspecify.annotations.Nullable;

/** The fields by which dogs can be sorted. */
enum DogOrderField implements OrderField {

	CREATED_AT(null),

	UPDATED_AT(new SortColumn("updated_at", SortType.TIMESTAMP, false)),

	NAME(new SortColumn("name_key", SortType.TEXT, false)),

	BIRTH_DATE(new SortColumn("birth_date", SortType.DATE, true)),

	BREED(new SortColumn("breed_key", SortType.TEXT, true, false));

	private final @Nullable SortColumn column;

	DogOrderField(@Nullable SortColumn column) {
		this.column = column;
	}

	@Override
	public @Nullable SortColumn column() {
		return this.column;
	}

}
