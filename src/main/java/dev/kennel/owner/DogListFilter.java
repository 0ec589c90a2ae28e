package dev.kennel.owner;

import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.filter.Relation;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

/**
 * A filter on the dogs of an owner.
 *
 * @param some a filter that at least one of the dogs matches
 * @param none a filter that none of the dogs matches
 * @param every a filter that all of the dogs match
 */
record DogListFilter(@Nullable @Valid DogFilter some, @Nullable @Valid DogFilter none,
		@Nullable @Valid DogFilter every) implements FilterInput {

	private static final Relation DOGS = new Relation("dogs", "owner_id", "owners.id");

	@Override
	public Filter toFilter() {
		return Filter.builder().some(DOGS, this.some).none(DOGS, this.none).every(DOGS, this.every).build();
	}

}
