package dev.kennel.dog;

import java.time.LocalDate;
import java.util.UUID;

import dev.kennel.database.AccountEntity;
import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.graphql.node.NodeKind;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A row of {@code dogs}, for writing. */
@Entity
@Table(name = "dogs")
class DogEntity extends AccountEntity {

	private @Nullable UUID ownerId;

	private @Nullable String name;

	@Column // For the lists to read.
	private @Nullable String nameKey;

	private @Nullable String breed;

	@Column // For the lists to read.
	private @Nullable String breedKey;

	private @Nullable LocalDate birthDate;

	protected DogEntity() {
	}

	DogEntity(AccountId account, UUID ownerId, String name, @Nullable String breed, @Nullable LocalDate birthDate) {
		super(account);
		this.ownerId = ownerId;
		this.name = name;
		this.nameKey = CaseFolding.key(name);
		this.breed = breed;
		this.breedKey = (breed != null) ? CaseFolding.key(breed) : null;
		this.birthDate = birthDate;
	}

	Dog toDog() {
		return new Dog(NodeKind.DOG.id(getId().id()), NodeKind.OWNER.id(required(this.ownerId)), required(this.name),
				this.breed, this.birthDate, createdAt(), updatedAt());
	}

}
