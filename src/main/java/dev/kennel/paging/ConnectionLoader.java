package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

import dev.kennel.engine.BatchLoader;
import dev.kennel.graphql.document.FieldNames;
import dev.kennel.graphql.node.NodeLoader;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import graphql.GraphQLContext;
import graphql.TrivialDataFetcher;
import graphql.language.Field;
import graphql.language.Selection;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.TypeRuntimeWiring;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.execution.RuntimeWiringConfigurer;
import org.springframework.stereotype.Component;

/**
 * Serves every list of the API, and every object by its id, in batches: whatever a level
 * of an operation asks for with the same arguments is one statement, however many objects
 * ask.
 */
@Component
public class ConnectionLoader implements RuntimeWiringConfigurer, NodeLoader {

	private final Map<NodeKind, Loaders<?>> loaders = new EnumMap<>(NodeKind.class);

	private final Validator validator;

	ConnectionLoader(ListReaderRegistry readers, Validator validator) {
		this.validator = validator;
		readers.all().forEach((reader) -> this.loaders.put(reader.listing().kind(), new Loaders<>(reader)));
	}

	/**
	 * Loads a page of a list.
	 * @param <T> what a row is
	 * @param environment the field
	 * @param account the account that asks
	 * @param listing the list's type
	 * @param parent the object whose list it is, or null for all of the account's
	 * @param arguments the field's paging arguments
	 * @param order the list's order
	 * @param filter the field's argument {@code filter}, or null for all rows. It is
	 * validated here, so that its faults and those of the other arguments are told at
	 * once.
	 * @return the page, loaded with those of the same level
	 * @throws dev.kennel.error.ApiException with BAD_USER_INPUT if the arguments are
	 * faulty
	 */
	public <T> CompletableFuture<Connection<T>> load(DataFetchingEnvironment environment, AccountId account,
			ListDefinition<T> listing, @Nullable UUID parent, PageArguments arguments, Order order,
			@Nullable FilterInput filter) {
		ListKey<PageQuery> key = new ListKey<>(account, parent,
				arguments.toQuery(listing, order, filter, this.validator));
		if (!asksForRows(environment)) {
			return CompletableFuture.completedFuture(new Connection<>(listing, key, null));
		}
		return loaders(listing).pages.load(environment, key);
	}

	/**
	 * Whether more is selected than how many rows there are. A fragment may hold
	 * anything, and counts as more.
	 */
	private static boolean asksForRows(DataFetchingEnvironment environment) {
		for (Field field : environment.getMergedField().getFields()) {
			for (Selection<?> selection : field.getSelectionSet().getSelections()) {
				if (!(selection instanceof Field selected)
						|| !(selected.getName().equals("totalCount") || selected.getName().equals("__typename"))) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * Loads an object.
	 * @param <T> what a row is
	 * @param environment the field
	 * @param account the account that asks
	 * @param listing the object's type
	 * @param id the object's key
	 * @return the object, loaded with those of the same level, or null if the account has
	 * none with this id
	 */
	public <T> CompletableFuture<@Nullable T> find(DataFetchingEnvironment environment, AccountId account,
			ListDefinition<T> listing, UUID id) {
		return loaders(listing).byIds.load(environment, new NodeKey(account, id));
	}

	/**
	 * Remembers an object that an operation knows before it asks for it, so that fields
	 * which lead to it cost no statement, and find it although it may be gone by now.
	 * @param environment the field
	 * @param account the account that asks
	 * @param kind the object's kind
	 * @param node the object
	 */
	public void remember(DataFetchingEnvironment environment, AccountId account, NodeKind kind, Object node) {
		NodeCache.of(environment.getGraphQlContext()).add(account, kind, List.of(node));
	}

	@Override
	public Set<NodeKind> kinds() {
		return this.loaders.keySet();
	}

	@Override
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		return loaders(id.kind()).byIds.load(environment, new NodeKey(account, id.uuid()));
	}

	private Loaders<?> loaders(NodeKind kind) {
		Loaders<?> known = this.loaders.get(kind);
		if (known == null) {
			throw new IllegalArgumentException("No list of " + kind);
		}
		return known;
	}

	@SuppressWarnings("unchecked")
	private <T> Loaders<T> loaders(ListDefinition<T> listing) {
		return (Loaders<T>) loaders(listing.kind());
	}

	/**
	 * One statement for each account and query: over all parents, and one more if the
	 * account's own list is asked for.
	 */
	private static <Q, V> CompletableFuture<Map<ListKey<Q>, V>> batched(Collection<ListKey<Q>> keys,
			BiFunction<AccountId, Q, CompletableFuture<V>> own, Nested<Q, V> nested, V none) {
		Map<ListKey<Q>, List<ListKey<Q>>> groups = new LinkedHashMap<>();
		for (ListKey<Q> key : keys) {
			groups.computeIfAbsent(new ListKey<>(key.account(), null, key.query()), (group) -> new ArrayList<>())
				.add(key);
		}
		List<CompletableFuture<Map<ListKey<Q>, V>>> answers = new ArrayList<>(groups.size());
		groups.forEach((group, members) -> {
			List<UUID> parents = members.stream().map(ListKey::parent).filter(Objects::nonNull).toList();
			if (!parents.isEmpty()) {
				answers.add(nested.read(group.account(), parents, group.query())
					.thenApply((found) -> ofParents(members, found, none)));
			}
			if (parents.size() < members.size()) {
				answers.add(own.apply(group.account(), group.query()).thenApply((found) -> Map.of(group, found)));
			}
		});
		return joined(answers);
	}

	private static <Q, V> Map<ListKey<Q>, V> ofParents(List<ListKey<Q>> keys, Map<UUID, V> found, V none) {
		Map<ListKey<Q>, V> answers = HashMap.newHashMap(keys.size());
		for (ListKey<Q> key : keys) {
			if (key.parent() != null) {
				answers.put(key, found.getOrDefault(key.parent(), none));
			}
		}
		return answers;
	}

	/** What several statements have found, once all have. */
	private static <K, V extends @Nullable Object> CompletableFuture<Map<K, V>> joined(
			List<CompletableFuture<Map<K, V>>> parts) {
		if (parts.size() == 1) {
			return parts.getFirst();
		}
		return CompletableFuture.allOf(parts.toArray(CompletableFuture<?>[]::new)).thenApply((nothing) -> {
			Map<K, V> all = new HashMap<>();
			parts.forEach((part) -> all.putAll(part.resultNow()));
			return all;
		});
	}

	/** Answers the fields of connections that may need a look at the store. */
	@Override
	public void configure(RuntimeWiring.Builder wiring) {
		this.loaders.values()
			.forEach((all) -> wiring.type(TypeRuntimeWiring.newTypeWiring(all.listing().connectionTypeName())
				.dataFetcher("totalCount", (LocalFetcher) this::totalCount)));
		wiring.type(TypeRuntimeWiring.newTypeWiring("PageInfo")
			.dataFetcher("hasNextPage", (LocalFetcher) this::hasNextPage)
			.dataFetcher("hasPreviousPage", (LocalFetcher) this::hasPreviousPage));
	}

	// The engine takes a value, or the future of one.
	@SuppressWarnings("FutureReturnValueIgnored")
	private Object totalCount(DataFetchingEnvironment environment) {
		Connection<?> connection = environment.getSource();
		if (connection == null) {
			throw new IllegalStateException("A field without an object");
		}
		Integer known = connection.knownTotalCount();
		if (known != null) {
			return known;
		}
		return loaders(connection.listing()).counts.load(environment,
				connection.key().with(connection.query().filter()));
	}

	private Object hasNextPage(DataFetchingEnvironment environment) {
		Connection<?> connection = connection(environment);
		return goesOn(environment, connection, connection.knownNext(), connection.query().before(), true);
	}

	private Object hasPreviousPage(DataFetchingEnvironment environment) {
		Connection<?> connection = connection(environment);
		return goesOn(environment, connection, connection.knownPrevious(), connection.query().after(), false);
	}

	private static Connection<?> connection(DataFetchingEnvironment environment) {
		PageInfo pageInfo = environment.getSource();
		if (pageInfo == null) {
			throw new IllegalStateException("A field without an object");
		}
		return pageInfo.connection();
	}

	// The engine takes a value, or the future of one.
	@SuppressWarnings("FutureReturnValueIgnored")
	private Object goesOn(DataFetchingEnvironment environment, Connection<?> connection, @Nullable Boolean known,
			@Nullable Cursor cursor, boolean towardsEnd) {
		if (known != null) {
			return known;
		}
		if (cursor == null) {
			throw new IllegalStateException("A list without a cursor ends where its page does");
		}
		return loaders(connection.listing()).probes.load(environment, connection.key()
			.with(new ProbeQuery(connection.query().order(), connection.query().filter(), cursor, towardsEnd)));
	}

	/** The loaders of a listing. */
	private static final class Loaders<T> {

		private final ListReader<T> reader;

		private final BatchLoader<ListKey<PageQuery>, Connection<T>> pages;

		private final BatchLoader<ListKey<Filter>, Integer> counts;

		private final BatchLoader<ListKey<ProbeQuery>, Boolean> probes;

		private final BatchLoader<NodeKey, @Nullable T> byIds;

		Loaders(ListReader<T> reader) {
			this.reader = reader;
			this.pages = BatchLoader.later(this::pages);
			this.counts = BatchLoader.later((keys, context) -> batched(keys, reader::count, reader::counts, 0));
			this.probes = BatchLoader.later((keys, context) -> batched(keys, reader::goesOn, reader::goOn, false));
			this.byIds = BatchLoader.later(this::byIds);
		}

		ListDefinition<T> listing() {
			return this.reader.listing();
		}

		/** The same for all of an operation, which remembers what it has read. */
		private ColumnSelection columns(GraphQLContext context) {
			return listing().select((field) -> FieldNames.mayContain(context, field));
		}

		private CompletableFuture<Map<ListKey<PageQuery>, Connection<T>>> pages(Collection<ListKey<PageQuery>> keys,
				GraphQLContext context) {
			ColumnSelection columns = columns(context);
			NodeCache loaded = NodeCache.of(context);
			return batched(keys, (account, query) -> this.reader.page(account, query, columns),
					(account, parents, query) -> this.reader.pages(account, parents, query, columns), Page.empty())
				.thenApply((pages) -> {
					Map<ListKey<PageQuery>, Connection<T>> connections = HashMap.newHashMap(pages.size());
					pages.forEach((key, page) -> {
						loaded.add(key.account(), listing().kind(), page.nodes());
						connections.put(key, new Connection<>(listing(), key, page));
					});
					return connections;
				});
		}

		private CompletableFuture<Map<NodeKey, @Nullable T>> byIds(Collection<NodeKey> keys, GraphQLContext context) {
			Map<AccountId, Set<UUID>> accounts = new LinkedHashMap<>();
			keys.forEach((key) -> accounts.computeIfAbsent(key.account(), (account) -> new HashSet<>()).add(key.id()));
			List<CompletableFuture<Map<NodeKey, @Nullable T>>> answers = new ArrayList<>(accounts.size());
			accounts.forEach((account, ids) -> {
				Map<UUID, T> known = NodeCache.of(context).find(account, listing(), ids);
				ids.removeAll(known.keySet());
				CompletableFuture<Map<UUID, T>> read = ids.isEmpty() ? CompletableFuture.completedFuture(Map.of())
						: this.reader.byIds(account, ids, columns(context));
				answers.add(read.thenApply((found) -> {
					Map<NodeKey, @Nullable T> nodes = HashMap.newHashMap(known.size() + found.size());
					known.forEach((id, node) -> nodes.put(new NodeKey(account, id), node));
					found.forEach((id, node) -> nodes.put(new NodeKey(account, id), node));
					return nodes;
				}));
			});
			return joined(answers);
		}

	}

	/**
	 * A fetcher on the engine's thread, which needs nothing carried over from another.
	 */
	@FunctionalInterface
	private interface LocalFetcher extends TrivialDataFetcher<Object> {

	}

	private record NodeKey(AccountId account, UUID id) {
	}

	/** Reads the lists of several parents; a parent whose list has nothing is absent. */
	@FunctionalInterface
	private interface Nested<Q, V> {

		CompletableFuture<Map<UUID, V>> read(AccountId account, List<UUID> parents, Q query);

	}

}
