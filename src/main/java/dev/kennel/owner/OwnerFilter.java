package dev.kennel.owner;

import java.util.List;

import dev.kennel.paging.filter.DateTimeFilter;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.filter.StringFilter;
import dev.kennel.text.BoundedListValueExtractor;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The {@code filter} of lists of owners.
 *
 * @param name the filter on the name
 * @param createdAt the filter on the time of creation
 * @param dogs the filter on the owner's dogs
 * @param and filters that all have to match
 * @param or filters of which at least one has to match
 * @param not a filter that must not match
 */
record OwnerFilter(@Nullable @Valid StringFilter name, @Nullable @Valid DateTimeFilter createdAt,
		@Nullable @Valid DogListFilter dogs,
		@Nullable @Size(max = BoundedListValueExtractor.MAX, message = FilterInput.SIZE) List<@Valid OwnerFilter> and,
		@Nullable @Size(max = BoundedListValueExtractor.MAX, message = FilterInput.SIZE) List<@Valid OwnerFilter> or,
		@Nullable @Valid OwnerFilter not) implements FilterInput {

	@Override
	public Filter toFilter() {
		return Filter.builder()
			.createdAt(this.createdAt)
			.text("name_key", this.name)
			.related(this.dogs)
			.and(this.and)
			.or(this.or)
			.not(this.not)
			.build();
	}

}
