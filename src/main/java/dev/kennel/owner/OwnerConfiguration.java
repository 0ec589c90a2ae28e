package dev.kennel.owner;

import dev.kennel.database.sql.ColumnReader;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListDefinition;
import dev.kennel.paging.column.ListColumnSet;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Defines the lists of owners. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

	@Bean
	ListDefinition<Owner> ownerListDefinition() {
		ListColumnSet columns = new ListColumnSet();
		int id = columns.always("id");
		int name = columns.always("name");
		int changedAt = columns.forField(ColumnReader.CHANGED_AT, "updatedAt");
		return new ListDefinition<>(NodeKind.OWNER, "owners", columns, null,
				(row) -> new Owner(NodeKind.OWNER.id(row.uuid(id)), row.text(name), row.timestampOrNull(changedAt)),
				Owner::id);
	}

}
