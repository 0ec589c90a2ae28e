package dev.kennel.dog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;

import dev.kennel.change.NodeOwners;
import dev.kennel.database.Rows;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.paging.Listing;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declares how dogs are read. */
@Configuration(proxyBeanMethods = false)
class DogConfiguration {

	@Bean
	Listing<Dog> dogListing() {
		return new Listing<>(NodeKind.DOG, "dogs",
				List.of("id", "owner_id", "name", "breed", "birth_date", Rows.CHANGED_AT), "owner_id",
				DogConfiguration::read, Dog::id);
	}

	@Bean
	NodeOwners nodeOwners() {
		return (node) -> (node instanceof Dog dog) ? dog.ownerId() : null;
	}

	private static Dog read(ResultSet row, int offset) throws SQLException {
		return new Dog(NodeKind.DOG.id(row.getObject(offset + 1, UUID.class)),
				NodeKind.OWNER.id(row.getObject(offset + 2, UUID.class)), row.getString(offset + 3),
				row.getString(offset + 4), row.getObject(offset + 5, LocalDate.class),
				Rows.momentOrNull(row, offset + 6));
	}

}
