package dev.kennel.dog;

import dev.kennel.database.RowKey;

import org.springframework.data.repository.Repository;

/** Writes dogs. */
interface DogRepository extends Repository<DogEntity, RowKey> {

	DogEntity saveAndFlush(DogEntity dog);

}
