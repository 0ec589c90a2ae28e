package dev.kennel.owner;

import java.util.List;

import dev.kennel.identity.NodeKind;
import dev.kennel.identity.ValidId;
import dev.kennel.paging.filter.DateFilter;
import dev.kennel.paging.filter.DateTimeFilter;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.filter.Relation;
import dev.kennel.paging.filter.StringFilter;
import dev.kennel.text.BoundedListValueExtractor;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * The {@code filter} of lists of dogs. It is here since it and {@link OwnerFilter}
 * contain each other.
 *
 * @param name the filter on the name
 * @param breed the filter on the breed
 * @param birthDate the filter on the date of birth
 * @param createdAt the filter on the time of creation
 * @param ownerId the id of the owner
 * @param owner the filter on the owner
 * @param and filters that all have to match
 * @param or filters of which at least one has to match
 * @param not a filter that must not match
 */
public record DogFilter(@Nullable @Valid StringFilter name, @Nullable @Valid StringFilter breed,
		@Nullable @Valid DateFilter birthDate, @Nullable @Valid DateTimeFilter createdAt,
		@Nullable @ValidId(NodeKind.OWNER) String ownerId, @Nullable @Valid OwnerFilter owner,
		@Nullable @Size(max = BoundedListValueExtractor.MAX, message = FilterInput.SIZE) List<@Valid DogFilter> and,
		@Nullable @Size(max = BoundedListValueExtractor.MAX, message = FilterInput.SIZE) List<@Valid DogFilter> or,
		@Nullable @Valid DogFilter not) implements FilterInput {

	private static final Relation OWNER = new Relation("owners", "id", "dogs.owner_id");

	@Override
	public Filter toFilter() {
		return Filter.builder()
			.id("owner_id", (this.ownerId != null) ? NodeKind.OWNER.uuid(this.ownerId) : null)
			.createdAt(this.createdAt)
			.text("name_key", this.name)
			.text("breed_key", this.breed)
			.date("birth_date", this.birthDate)
			.one(OWNER, this.owner)
			.and(this.and)
			.or(this.or)
			.not(this.not)
			.build();
	}

}
