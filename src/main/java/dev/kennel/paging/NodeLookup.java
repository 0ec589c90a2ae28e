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

/** Reads nodes by id outside of data fetchers. */
@Component
public class NodeLookup {

	private final ListReaderRegistry readers;

	NodeLookup(ListReaderRegistry readers) {
		this.readers = readers;
	}

	/**
	 * Reads nodes, with one statement for each kind, and waits for the results.
	 * @param account the account that they belong to
	 * @param ids the ids, of kinds that have a list
	 * @return the existing nodes, by id
	 */
	public Map<NodeId, Object> read(AccountId account, Collection<NodeId> ids) {
		Map<NodeKind, List<UUID>> byKind = new EnumMap<>(NodeKind.class);
		ids.forEach((id) -> byKind.computeIfAbsent(id.kind(), (kind) -> new ArrayList<>()).add(id.uuid()));
		Map<NodeKind, CompletableFuture<? extends Map<UUID, ?>>> reads = new EnumMap<>(NodeKind.class);
		byKind.forEach((kind, uuids) -> {
			ListReader<?> reader = this.readers.of(kind);
			reads.put(kind, reader.byIds(account, uuids, reader.definition().all()));
		});
		Map<NodeId, Object> nodes = HashMap.newHashMap(ids.size());
		reads.forEach(
				(kind, read) -> PipelinedClient.await(read).forEach((uuid, node) -> nodes.put(kind.id(uuid), node)));
		return nodes;
	}

}
