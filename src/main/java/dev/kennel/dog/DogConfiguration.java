package dev.kennel.dog;

import java.sql.SQLException;
import java.util.List;

import dev.kennel.change.ParentResolver;
import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListColumn;
import dev.kennel.paging.ListDefinition;
import dev.kennel.paging.ListRow;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Defines the lists of dogs, and the parent of a dog. */
@Configuration(proxyBeanMethods = false)
class DogConfiguration {

	@Bean
	ListDefinition<Dog> dogListDefinition() {
		return new ListDefinition<>(NodeKind.DOG, "dogs",
				List.of(ListColumn.always("id"), ListColumn.always("owner_id"), ListColumn.always("name"),
						ListColumn.forField("breed", "breed"), ListColumn.forField("birth_date", "birthDate"),
						ListColumn.forField(ColumnReader.CHANGED_AT, "updatedAt")),
				"owner_id", DogConfiguration::read, Dog::id);
	}

	@Bean
	ParentResolver dogParentResolver() {
		return (node) -> (node instanceof Dog dog) ? dog.ownerId() : null;
	}

	private static Dog read(ListRow row) throws SQLException {
		return new Dog(NodeKind.DOG.id(row.uuid(1)), NodeKind.OWNER.id(row.uuid(2)), row.text(3), row.textOrNull(4),
				row.dateOrNull(5), row.timestampOrNull(6));
	}

}
