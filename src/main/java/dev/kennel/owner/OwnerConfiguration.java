package dev.kennel.owner;

import java.util.List;

import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListColumn;
import dev.kennel.paging.ListDefinition;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Defines the lists of owners. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

	@Bean
	ListDefinition<Owner> ownerListDefinition() {
		return new ListDefinition<>(NodeKind.OWNER, "owners",
				List.of(ListColumn.always("id"), ListColumn.always("name"),
						ListColumn.forField(ColumnReader.CHANGED_AT, "updatedAt")),
				null, (row) -> new Owner(NodeKind.OWNER.id(row.uuid(1)), row.text(2), row.timestampOrNull(3)),
				Owner::id);
	}

}
