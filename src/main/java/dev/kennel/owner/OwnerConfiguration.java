package dev.kennel.owner;

import java.util.List;
import java.util.UUID;

import dev.kennel.database.Rows;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.paging.Listing;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declares how owners are read. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

	@Bean
	Listing<Owner> ownerListing() {
		return new Listing<>(NodeKind.OWNER, "owners", List.of("id", "name", Rows.CHANGED_AT), null,
				(row, offset) -> new Owner(NodeKind.OWNER.id(row.getObject(offset + 1, UUID.class)),
						row.getString(offset + 2), Rows.momentOrNull(row, offset + 3)),
				Owner::id);
	}

}
