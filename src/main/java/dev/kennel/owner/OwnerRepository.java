package dev.kennel.owner;

import dev.kennel.database.RowKey;

import org.springframework.data.repository.Repository;

/** Writes owners. */
interface OwnerRepository extends Repository<OwnerEntity, RowKey> {

	OwnerEntity save(OwnerEntity owner);

}
