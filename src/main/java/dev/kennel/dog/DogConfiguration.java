package dev.kennel.dog;

import dev.kennel.change.ParentResolver;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.Grouping;
import dev.kennel.paging.ListDefinition;
import dev.kennel.paging.column.ListColumnSet;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Defines the lists of dogs, and the parent of a dog. */
@Configuration(proxyBeanMethods = false)
class DogConfiguration {

	/**
	 * The spelling that comes first in the order of code points, on every machine,
	 * represents a breed.
	 */
	static final Grouping BY_BREED = new Grouping("breed_key", "min(breed COLLATE \"C\")");

	@Bean
	ListDefinition<Dog> dogListDefinition() {
		ListColumnSet columns = new ListColumnSet();
		int id = columns.always("id");
		int ownerId = columns.always("owner_id");
		int name = columns.always("name");
		int breed = columns.forField("breed", "breed");
		int birthDate = columns.forField("birth_date", "birthDate");
		int changedAt = columns.forField(ColumnReader.CHANGED_AT, "updatedAt");
		return new ListDefinition<>(NodeKind.DOG, "dogs", columns, "owner_id",
				(row) -> new Dog(NodeKind.DOG.id(row.uuid(id)), NodeKind.OWNER.id(row.uuid(ownerId)), row.text(name),
						row.textOrNull(breed), row.dateOrNull(birthDate), row.timestampOrNull(changedAt)),
				Dog::id);
	}

	@Bean
	ParentResolver dogParentResolver() {
		return (node) -> (node instanceof Dog dog) ? dog.ownerId() : null;
	}

}
