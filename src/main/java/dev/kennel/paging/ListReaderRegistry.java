package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.identity.NodeKind;

import org.springframework.stereotype.Component;

/** The list readers. */
@Component
class ListReaderRegistry {

	private final List<ListReader<?>> readers = new ArrayList<>();

	private final Map<NodeKind, ListReader<?>> byKind = new EnumMap<>(NodeKind.class);

	ListReaderRegistry(List<ListDefinition<?>> definitions, PrimaryStatementRunner store) {
		Set<Byte> tags = new HashSet<>();
		for (ListDefinition<?> definition : definitions) {
			ListReader<?> reader = new ListReader<>(store, definition);
			if (!tags.add(definition.tag())) {
				throw new IllegalArgumentException(
						"Two lists have names with the same first letter, by which their cursors differ: "
								+ definition.name());
			}
			this.readers.add(reader);
			if (definition.kind() != null) {
				this.byKind.put(definition.kind(), reader);
			}
		}
	}

	Collection<ListReader<?>> all() {
		return Collections.unmodifiableCollection(this.readers);
	}

	ListReader<?> of(NodeKind kind) {
		ListReader<?> reader = this.byKind.get(kind);
		if (reader == null) {
			throw new IllegalArgumentException("No list of " + kind);
		}
		return reader;
	}

}
