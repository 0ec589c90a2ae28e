package dev.kennel.paging;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import dev.kennel.identity.NodeKind;

import org.springframework.stereotype.Component;

/** The list readers by kind of node. */
@Component
class ListReaderRegistry {

	private final Map<NodeKind, ListReader<?>> readers = new EnumMap<>(NodeKind.class);

	ListReaderRegistry(List<ListDefinition<?>> definitions, RoutingStatementRunner store) {
		definitions.forEach((definition) -> this.readers.put(definition.kind(), new ListReader<>(store, definition)));
	}

	Collection<ListReader<?>> all() {
		return Collections.unmodifiableCollection(this.readers.values());
	}

	ListReader<?> of(NodeKind kind) {
		ListReader<?> reader = this.readers.get(kind);
		if (reader == null) {
			throw new IllegalArgumentException("No list of " + kind);
		}
		return reader;
	}

}
