package dev.kennel.owner;

import dev.kennel.database.AccountEntity;
import dev.kennel.database.AccountId;
import dev.kennel.database.CaseFolding;
import dev.kennel.graphql.node.NodeKind;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A row of {@code owners}, for writing. */
@Entity
@Table(name = "owners")
class OwnerEntity extends AccountEntity {

	private @Nullable String name;

	@Column // For the lists to read.
	private @Nullable String nameKey;

	protected OwnerEntity() {
	}

	OwnerEntity(AccountId account, String name) {
		super(account);
		this.name = name;
		this.nameKey = CaseFolding.key(name);
	}

	Owner toOwner() {
		return new Owner(NodeKind.OWNER.id(getId().id()), required(this.name), createdAt(), updatedAt());
	}

}
