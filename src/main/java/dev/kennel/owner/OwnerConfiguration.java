package dev.kennel.owner;

import java.util.List;

import dev.kennel.database.Rows;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.ListColumn;
import dev.kennel.paging.Listing;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declares how owners are read. */
@Configuration(proxyBeanMethods = false)
class OwnerConfiguration {

	@Bean
	Listing<Owner> ownerListing() {
		return new Listing<>(NodeKind.OWNER, "owners",
				List.of(ListColumn.always("id"), ListColumn.always("name"),
						ListColumn.shown(Rows.CHANGED_AT, "updatedAt")),
				null, (row) -> new Owner(NodeKind.OWNER.id(row.uuid(1)), row.text(2), row.momentOrNull(3)), Owner::id);
	}

}
