package dev.kennel.owner;

import dev.kennel.paging.DateTimeFilter;
import dev.kennel.paging.Filter;
import dev.kennel.paging.FilterInput;
import dev.kennel.paging.StringFilter;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

/**
 * The {@code filter} of lists of owners.
 *
 * @param name the filter on the name
 * @param createdAt the filter on the time of creation
 */
record OwnerFilter(@Nullable @Valid StringFilter name,
		@Nullable @Valid DateTimeFilter createdAt) implements FilterInput {

	@Override
	public Filter toFilter() {
		return Filter.builder().createdAt(this.createdAt).text("name_key", this.name).build();
	}

}
