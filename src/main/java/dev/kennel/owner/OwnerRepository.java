package dev.kennel.owner;

import dev.kennel.paging.ListDefinition;
import dev.kennel.write.NodeColumns;
import dev.kennel.write.NodeRepository;
import dev.kennel.write.NodeWriter;

import org.springframework.stereotype.Repository;

/** Writes owners, each together with its entry in the change feed. */
@Repository
class OwnerRepository extends NodeRepository<Owner, UpdateOwnerInput> {

	private static final NodeColumns<Owner, UpdateOwnerInput> COLUMNS = new NodeColumns<Owner, UpdateOwnerInput>(
			"owners", Owner::id)
		.textWithKey("name", Owner::name, UpdateOwnerInput::name);

	OwnerRepository(NodeWriter writer, ListDefinition<Owner> definition) {
		super(writer, definition, COLUMNS);
	}

}
