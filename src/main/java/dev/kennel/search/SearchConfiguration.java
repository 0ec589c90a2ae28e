package dev.kennel.search;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import dev.kennel.database.ColumnReader;
import dev.kennel.dog.Dog;
import dev.kennel.identity.NodeKind;
import dev.kennel.owner.Owner;
import dev.kennel.paging.ListColumn;
import dev.kennel.paging.ListDefinition;
import dev.kennel.paging.ListRow;

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

	@Bean
	ListDefinition<Object> searchListDefinition() {
		return new ListDefinition<>("Search", null, OWNERS_AND_DOGS,
				List.of(ListColumn.always("id"), ListColumn.always("owner_id"), ListColumn.always("name"),
						ListColumn.forField("breed", "breed"), ListColumn.forField("birth_date", "birthDate"),
						ListColumn.forField(ColumnReader.CHANGED_AT, "updatedAt")),
				null, SearchConfiguration::read,
				(found) -> (found instanceof Dog dog) ? dog.id() : ((Owner) found).id());
	}

	private static Object read(ListRow row) throws SQLException {
		UUID owner = row.uuidOrNull(2);
		return (owner == null) ? new Owner(NodeKind.OWNER.id(row.uuid(1)), row.text(3), row.timestampOrNull(6))
				: new Dog(NodeKind.DOG.id(row.uuid(1)), NodeKind.OWNER.id(owner), row.text(3), row.textOrNull(4),
						row.dateOrNull(5), row.timestampOrNull(6));
	}

}
