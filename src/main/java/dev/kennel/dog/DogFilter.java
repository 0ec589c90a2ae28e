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
 * Which dogs are meant.
 *
 * @param name by name
 * @param breed by breed
 * @param birthDate by day of birth
 * @param createdAt by when the dog was added
 * @param ownerId by owner
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
