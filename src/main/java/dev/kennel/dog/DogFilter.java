package dev.kennel.dog;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.paging.DateFilter;
import dev.kennel.paging.DateTimeFilter;
import dev.kennel.paging.Filter;
import dev.kennel.paging.FilterInput;
import dev.kennel.paging.StringFilter;
import jakarta.validation.Valid;
import org.jspecify.annotations.Nullable;

/**
 * The {@code filter} of lists of dogs.
 *
 * @param name the filter on the name
 * @param breed the filter on the breed
 * @param birthDate the filter on the date of birth
 * @param createdAt the filter on the time of creation
 * @param ownerId the id of the owner
 */
record DogFilter(@Nullable @Valid StringFilter name, @Nullable @Valid StringFilter breed,
		@Nullable @Valid DateFilter birthDate, @Nullable @Valid DateTimeFilter createdAt,
		@Nullable @ValidId(NodeKind.OWNER) String ownerId) implements FilterInput {

	@Override
	public Filter toFilter() {
		return Filter.builder()
			.id("owner_id", (this.ownerId != null) ? NodeKind.OWNER.uuid(this.ownerId) : null)
			.createdAt(this.createdAt)
			.text("name_key", this.name)
			.text("breed_key", this.breed)
			.range("birth_date", this.birthDate)
			.build();
	}

}
