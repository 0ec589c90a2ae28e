package dev.kennel.owner;

import dev.kennel.paging.DateTimeFilter;
import dev.kennel.paging.Filter;
import dev.kennel.paging.StringFilter;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

/**
 * Which owners are meant.
 *
 * @param name by name
 * @param createdAt by when the owner was added
 */
record OwnerFilter(@Nullable @Valid StringFilter name, @Nullable @Valid DateTimeFilter createdAt) {

	static Filter toFilter(@Nullable OwnerFilter filter) {
		return (filter != null) ? Filter.builder().createdAt(filter.createdAt()).text("name_key", filter.name()).build()
				: Filter.NONE;
	}

}
