package dev.kennel.dog;

import java.sql.SQLException;
import java.util.List;

import dev.kennel.change.NodeOwners;
import dev.kennel.database.Rows;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListColumn;
import dev.kennel.paging.ListRow;
import dev.kennel.paging.Listing;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declares how dogs are read. */
@Configuration(proxyBeanMethods = false)
class DogConfiguration {

	@Bean
	Listing<Dog> dogListing() {
		return new Listing<>(NodeKind.DOG, "dogs",
				List.of(ListColumn.always("id"), ListColumn.always("owner_id"), ListColumn.always("name"),
						ListColumn.shown("breed", "breed"), ListColumn.shown("birth_date", "birthDate"),
						ListColumn.shown(Rows.CHANGED_AT, "updatedAt")),
				"owner_id", DogConfiguration::read, Dog::id);
	}

	@Bean
	NodeOwners nodeOwners() {
		return (node) -> (node instanceof Dog dog) ? dog.ownerId() : null;
	}

	private static Dog read(ListRow row) throws SQLException {
		return new Dog(NodeKind.DOG.id(row.uuid(1)), NodeKind.OWNER.id(row.uuid(2)), row.text(3), row.textOrNull(4),
				row.dateOrNull(5), row.momentOrNull(6));
	}

}
