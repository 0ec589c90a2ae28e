package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import dev.kennel.database.pipeline.PipelinedClient;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;

import org.springframework.stereotype.Component;

/** Reads objects by their ids where there is no field that asks for them. */
@Component
public class NodeLookup {

	private final ListReaderRegistry readers;

	NodeLookup(ListReaderRegistry readers) {
		this.readers = readers;
	}

	/**
	 * Reads objects, those of each kind with one statement, and waits for them.
	 * @param account the account that they belong to
	 * @param ids their ids, of kinds that there are lists of
	 * @return those that there are, by their ids
	 */
	public Map<NodeId, Object> read(AccountId account, Collection<NodeId> ids) {
		Map<NodeKind, List<UUID>> byKind = new EnumMap<>(NodeKind.class);
		ids.forEach((id) -> byKind.computeIfAbsent(id.kind(), (kind) -> new ArrayList<>()).add(id.uuid()));
		Map<NodeKind, CompletableFuture<? extends Map<UUID, ?>>> found = new EnumMap<>(NodeKind.class);
		byKind.forEach((kind, uuids) -> {
			ListReader<?> reader = this.readers.of(kind);
			found.put(kind, reader.byIds(account, uuids, reader.listing().all()));
		});
		Map<NodeId, Object> nodes = HashMap.newHashMap(ids.size());
		found.forEach((kind, coming) -> PipelinedClient.await(coming)
			.forEach((uuid, node) -> nodes.put(kind.id(uuid), node)));
		return nodes;
	}

}
