package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads objects by their ids where there is no field that asks for them. */
@Component
public class NodeReader {

	private final Map<NodeKind, ListReader<?>> readers = new EnumMap<>(NodeKind.class);

	NodeReader(List<Listing<?>> listings, JdbcTemplate jdbc) {
		listings.forEach((listing) -> this.readers.put(listing.kind(), new ListReader<>(jdbc, listing)));
	}

	/**
	 * Reads objects, those of each kind with one statement.
	 * @param account the account that they belong to
	 * @param ids their ids, of kinds that there are lists of
	 * @return those that there are, by their ids
	 */
	public Map<NodeId, Object> read(AccountId account, Collection<NodeId> ids) {
		Map<NodeKind, List<UUID>> byKind = new EnumMap<>(NodeKind.class);
		ids.forEach((id) -> byKind.computeIfAbsent(id.kind(), (kind) -> new ArrayList<>()).add(id.uuid()));
		Map<NodeId, Object> nodes = HashMap.newHashMap(ids.size());
		byKind.forEach((kind, uuids) -> reader(kind).byIds(account, uuids)
			.forEach((uuid, node) -> nodes.put(kind.id(uuid), node)));
		return nodes;
	}

	private ListReader<?> reader(NodeKind kind) {
		ListReader<?> reader = this.readers.get(kind);
		if (reader == null) {
			throw new IllegalArgumentException("No list of " + kind);
		}
		return reader;
	}

}
