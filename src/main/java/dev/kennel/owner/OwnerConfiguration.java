package dev.kennel.owner;

import java.util.List;

import dev.kennel.database.ColumnReader;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListColumn;
import dev.kennel.paging.ListDefinition;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declares how owners are read. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

	@Bean
	ListDefinition<Owner> ownerListing() {
		return new ListDefinition<>(NodeKind.OWNER, "owners",
				List.of(ListColumn.always("id"), ListColumn.always("name"),
						ListColumn.shown(ColumnReader.CHANGED_AT, "updatedAt")),
				null, (row) -> new Owner(NodeKind.OWNER.id(row.uuid(1)), row.text(2), row.momentOrNull(3)), Owner::id);
	}

}
