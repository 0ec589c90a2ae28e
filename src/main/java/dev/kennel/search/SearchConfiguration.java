package dev.kennel.search;

import dev.kennel.dog.Dog;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.Owner;
import dev.kennel.paging.ListDefinition;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Defines the list of owners and dogs together. */
@Configuration(proxyBeanMethods = false)
class SearchConfiguration {

	/**
	 * The rows of both tables, with the types of dogs, so that PostgreSQL reads each
	 * table by its own indexes. An owner has no {@code owner_id}.
	 */
	private static final String OWNERS_AND_DOGS = """
			(SELECT user_id, id, NULL::uuid AS owner_id, name, name_key, NULL::text AS breed, \
			NULL::text COLLATE "C" AS breed_key, NULL::date AS birth_date, created_at, updated_at FROM owners \
			UNION ALL SELECT user_id, id, owner_id, name, name_key, breed, breed_key, birth_date, created_at, updated_at \
			FROM dogs) AS found""";

	/** Dogs are read as in their own lists, and owners from columns of the same names. */
	@Bean
	ListDefinition<Object> searchListDefinition(ListDefinition<Dog> dogs) {
		int id = dogs.number("id");
		int ownerId = dogs.number("owner_id");
		int name = dogs.number("name");
		int changedAt = dogs.number("changed_at");
		return new ListDefinition<>("Search", null, OWNERS_AND_DOGS, dogs.columns(), null,
				(row) -> (row.uuidOrNull(ownerId) != null) ? dogs.reader().read(row)
						: new Owner(NodeKind.OWNER.id(row.uuid(id)), row.text(name), row.timestampOrNull(changedAt)),
				(found) -> (found instanceof Dog dog) ? dog.id() : ((Owner) found).id());
	}

}
