package dev.kennel.dog;

import dev.kennel.graphql.node.IdOf;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.paging.DateFilter;
import dev.kennel.paging.DateTimeFilter;
import dev.kennel.paging.Filter;
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
		@Nullable @IdOf(NodeKind.OWNER) String ownerId) {

	static Filter toFilter(@Nullable DogFilter filter) {
		if (filter == null) {
			return Filter.NONE;
		}
		return Filter.builder()
			.id("owner_id", (filter.ownerId() != null) ? NodeKind.OWNER.uuid(filter.ownerId()) : null)
			.createdAt(filter.createdAt())
			.text("name_key", filter.name())
			.text("breed_key", filter.breed())
			.range("birth_date", filter.birthDate())
			.build();
	}

}
