package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

import dev.kennel.engine.Selections;
import dev.kennel.engine.loader.LevelBatchLoader;
import dev.kennel.graphql.document.FieldNames;
import dev.kennel.graphql.document.PreparedOperation;
import dev.kennel.graphql.node.NodeLoader;
import dev.kennel.graphql.operation.OperationContext;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeId;
import dev.kennel.identity.NodeKind;
import dev.kennel.paging.column.ColumnSelection;
import dev.kennel.paging.filter.Filter;
import dev.kennel.paging.filter.FilterInput;
import dev.kennel.paging.order.Order;
import graphql.GraphQLContext;
import graphql.TrivialDataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.TypeRuntimeWiring;
import jakarta.validation.Validator;
import org.jspecify.annotations.Nullable;

import org.springframework.graphql.execution.RuntimeWiringConfigurer;
import org.springframework.stereotype.Component;

/**
 * Loads the lists of the API, and nodes by id, in batches: fields of the same level with
 * the same arguments are one statement, however many parents they have.
 */
@Component
public class ConnectionLoader implements RuntimeWiringConfigurer, NodeLoader {

	/** What a connection has without reading rows. */
	private static final Set<String> WITHOUT_ROWS = Set.of("totalCount", "__typename");

	/** By the names of the lists; lists of one kind are named after it. */
	private final Map<String, Loaders<?>> loaders = new LinkedHashMap<>();

	private final Set<NodeKind> kinds = EnumSet.noneOf(NodeKind.class);

	private final Validator validator;

	ConnectionLoader(ListReaderRegistry readers, ReadRouter router, Validator validator) {
		this.validator = validator;
		for (ListReader<?> reader : readers.all()) {
			this.loaders.put(reader.definition().name(), new Loaders<>(reader, router));
			if (reader.definition().kind() != null) {
				this.kinds.add(reader.definition().kind());
			}
		}
	}

	/**
	 * Loads a page of a list.
	 * @param <T> the type of a row
	 * @param environment the environment of the field
	 * @param account the account whose rows are read
	 * @param definition the definition of the list
	 * @param parent the id of the node that the list belongs to, or null for all rows of
	 * the account
	 * @param arguments the paging arguments of the field
	 * @param order the order of the list
	 * @param filter the argument {@code filter} of the field, or null for all rows. It is
	 * validated here, so that its violations and those of the other arguments are
	 * reported together.
	 * @return the page, loaded with those of the same level
	 * @throws dev.kennel.error.ApiException with BAD_USER_INPUT if the arguments are
	 * invalid
	 */
	public <T> CompletableFuture<Connection<T>> load(DataFetchingEnvironment environment, AccountId account,
			ListDefinition<T> definition, @Nullable UUID parent, PageArguments arguments, Order order,
			@Nullable FilterInput filter) {
		ListKey<PageQuery> key = new ListKey<>(account, parent,
				arguments.toQuery(definition, order, filter, this.validator));
		if (!Selections.selectsFieldsOtherThan(environment, WITHOUT_ROWS)) {
			return CompletableFuture.completedFuture(new Connection<>(definition, key, null));
		}
		return loaders(definition).pages.load(environment, key);
	}

	/**
	 * Counts the rows of an account in groups, the largest groups first.
	 * @param environment the environment of the field
	 * @param account the account whose rows are counted
	 * @param definition the definition of the list
	 * @param grouping how the rows are grouped
	 * @param arguments the arguments of the field, of which {@code first} is the maximum
	 * number of groups
	 * @param filter the argument {@code filter} of the field, or null for all rows
	 * @return the groups
	 * @throws dev.kennel.error.ApiException with BAD_USER_INPUT if the arguments are
	 * invalid
	 */
	public CompletableFuture<List<GroupCount>> countGroups(DataFetchingEnvironment environment, AccountId account,
			ListDefinition<?> definition, Grouping grouping, PageArguments arguments, @Nullable FilterInput filter) {
		return loaders(definition).groups.load(environment,
				new ListKey<>(account, null, arguments.toQuery(grouping, filter, this.validator)));
	}

	/**
	 * Loads a node.
	 * @param <T> the type of a row
	 * @param environment the environment of the field
	 * @param account the account whose rows are read
	 * @param definition the definition of the node's list
	 * @param id the id of the node
	 * @return the node, loaded with those of the same level, or null if the account has
	 * none with this id
	 */
	public <T> CompletableFuture<@Nullable T> find(DataFetchingEnvironment environment, AccountId account,
			ListDefinition<T> definition, UUID id) {
		return loaders(definition).byIds.load(environment, new NodeKey(account, id));
	}

	/**
	 * Caches a node that an operation already has, so that fields which lead to it cost
	 * no statement, and resolve even if it has been deleted in the meantime.
	 * @param environment the environment of the field
	 * @param account the account that the node belongs to
	 * @param kind the kind of the node
	 * @param node the node
	 */
	public void cacheNode(DataFetchingEnvironment environment, AccountId account, NodeKind kind, Object node) {
		NodeCache.of(environment.getGraphQlContext()).add(account, kind, List.of(node));
	}

	@Override
	public Set<NodeKind> kinds() {
		return this.kinds;
	}

	@Override
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		return loaders(id.kind().typeName()).byIds.load(environment, new NodeKey(account, id.uuid()));
	}

	private Loaders<?> loaders(String name) {
		Loaders<?> found = this.loaders.get(name);
		if (found == null) {
			throw new IllegalArgumentException("No list of " + name);
		}
		return found;
	}

	@SuppressWarnings("unchecked")
	private <T> Loaders<T> loaders(ListDefinition<T> definition) {
		return (Loaders<T>) loaders(definition.name());
	}

	/**
	 * Loads a batch with one statement for each account and query: over all parents, and
	 * one more for the list of the account itself, if it is requested.
	 */
	private static <Q, V> CompletableFuture<Map<ListKey<Q>, V>> loadBatch(Collection<ListKey<Q>> keys,
			BiFunction<AccountId, Q, CompletableFuture<V>> own, NestedRead<Q, V> nested, V empty) {
		Map<ListKey<Q>, List<ListKey<Q>>> groups = new LinkedHashMap<>();
		for (ListKey<Q> key : keys) {
			groups.computeIfAbsent(new ListKey<>(key.account(), null, key.query()), (group) -> new ArrayList<>())
				.add(key);
		}
		List<CompletableFuture<Map<ListKey<Q>, V>>> reads = new ArrayList<>(groups.size());
		groups.forEach((group, members) -> {
			List<UUID> parents = new ArrayList<>(members.size());
			for (ListKey<Q> member : members) {
				if (member.parent() != null) {
					parents.add(member.parent());
				}
			}
			if (!parents.isEmpty()) {
				reads.add(nested.read(group.account(), parents, group.query())
					.thenApply((found) -> byKey(members, found, empty)));
			}
			if (parents.size() < members.size()) {
				reads.add(own.apply(group.account(), group.query()).thenApply((found) -> Map.of(group, found)));
			}
		});
		return merged(reads);
	}

	private static <Q, V> Map<ListKey<Q>, V> byKey(List<ListKey<Q>> keys, Map<UUID, V> found, V empty) {
		Map<ListKey<Q>, V> results = HashMap.newHashMap(keys.size());
		for (ListKey<Q> key : keys) {
			if (key.parent() != null) {
				results.put(key, found.getOrDefault(key.parent(), empty));
			}
		}
		return results;
	}

	/** Merges the results of several statements, once all are complete. */
	private static <K, V extends @Nullable Object> CompletableFuture<Map<K, V>> merged(
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

	/**
	 * Registers the data fetchers of connection fields that may need a statement of their
	 * own.
	 */
	@Override
	public void configure(RuntimeWiring.Builder wiring) {
		this.loaders.values()
			.forEach((all) -> wiring.type(TypeRuntimeWiring.newTypeWiring(all.definition().connectionTypeName())
				.dataFetcher("totalCount", (LocalDataFetcher) this::totalCount)));
		wiring.type(TypeRuntimeWiring.newTypeWiring("PageInfo")
			.dataFetcher("hasNextPage", (LocalDataFetcher) this::hasNextPage)
			.dataFetcher("hasPreviousPage", (LocalDataFetcher) this::hasPreviousPage));
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
		return loaders(connection.definition()).counts.load(environment,
				connection.key().with(connection.query().filter()));
	}

	private Object hasNextPage(DataFetchingEnvironment environment) {
		Connection<?> connection = connection(environment);
		return hasMore(environment, connection, connection.knownHasNextPage(), connection.query().before(), true);
	}

	private Object hasPreviousPage(DataFetchingEnvironment environment) {
		Connection<?> connection = connection(environment);
		return hasMore(environment, connection, connection.knownHasPreviousPage(), connection.query().after(), false);
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
	private Object hasMore(DataFetchingEnvironment environment, Connection<?> connection, @Nullable Boolean known,
			@Nullable Cursor cursor, boolean towardsEnd) {
		if (known != null) {
			return known;
		}
		if (cursor == null) {
			throw new IllegalStateException("A list without a cursor ends where its page does");
		}
		return loaders(connection.definition()).hasMore.load(environment, connection.key()
			.with(new HasMoreQuery(connection.query().order(), connection.query().filter(), cursor, towardsEnd)));
	}

	/** The batch loaders of one list definition. */
	private static final class Loaders<T> {

		private final ListReader<T> reader;

		private final ReadRouter router;

		private final LevelBatchLoader<ListKey<PageQuery>, Connection<T>> pages;

		private final LevelBatchLoader<ListKey<Filter>, Integer> counts;

		private final LevelBatchLoader<ListKey<HasMoreQuery>, Boolean> hasMore;

		private final LevelBatchLoader<ListKey<GroupQuery>, List<GroupCount>> groups;

		private final LevelBatchLoader<NodeKey, @Nullable T> byIds;

		Loaders(ListReader<T> reader, ReadRouter router) {
			this.reader = reader;
			this.router = router;
			String list = reader.definition().name().toLowerCase(Locale.ROOT);
			this.pages = LevelBatchLoader.async(list + ".pages", this::pages);
			this.counts = LevelBatchLoader.async(list + ".counts", (keys, context) -> {
				ListReader<T> routed = reader(context);
				return loadBatch(keys, routed::count, routed::countsByParent, 0);
			});
			this.hasMore = LevelBatchLoader.async(list + ".has-more", (keys, context) -> {
				ListReader<T> routed = reader(context);
				return loadBatch(keys, routed::hasMore, routed::hasMoreByParent, false);
			});
			this.groups = LevelBatchLoader.async(list + ".groups",
					(keys, context) -> merged(keys.stream()
						.map((key) -> reader(context).countGroups(key.account(), key.query())
							.thenApply((found) -> Map.of(key, found)))
						.toList()));
			this.byIds = LevelBatchLoader.async(list + ".by-id", this::byIds);
		}

		ListDefinition<T> definition() {
			return this.reader.definition();
		}

		private ListReader<T> reader(GraphQLContext context) {
			return this.router.readerFor(this.reader, context);
		}

		/**
		 * Returns the same columns throughout an operation, whose cache shares the nodes.
		 */
		private ColumnSelection columns(GraphQLContext context) {
			PreparedOperation operation = OperationContext.of(context).operation();
			return definition().select((field) -> FieldNames.mayContain(operation, field));
		}

		private CompletableFuture<Map<ListKey<PageQuery>, Connection<T>>> pages(Collection<ListKey<PageQuery>> keys,
				GraphQLContext context) {
			ColumnSelection columns = columns(context);
			NodeCache cache = NodeCache.of(context);
			ListReader<T> routed = reader(context);
			return loadBatch(keys, (account, query) -> routed.page(account, query, columns),
					(account, parents, query) -> routed.pagesByParent(account, parents, query, columns), Page.empty())
				.thenApply((pages) -> {
					Map<ListKey<PageQuery>, Connection<T>> connections = HashMap.newHashMap(pages.size());
					pages.forEach((key, page) -> {
						cache.add(key.account(), definition(), page.nodes());
						connections.put(key, new Connection<>(definition(), key, page));
					});
					return connections;
				});
		}

		private CompletableFuture<Map<NodeKey, @Nullable T>> byIds(Collection<NodeKey> keys, GraphQLContext context) {
			Map<AccountId, Set<UUID>> accounts = new LinkedHashMap<>();
			keys.forEach((key) -> accounts.computeIfAbsent(key.account(), (account) -> new HashSet<>()).add(key.id()));
			List<CompletableFuture<Map<NodeKey, @Nullable T>>> reads = new ArrayList<>(accounts.size());
			accounts.forEach((account, ids) -> {
				Map<UUID, T> cached = NodeCache.of(context).find(account, definition(), ids);
				ids.removeAll(cached.keySet());
				CompletableFuture<Map<UUID, T>> read = ids.isEmpty() ? CompletableFuture.completedFuture(Map.of())
						: reader(context).byIds(account, ids, columns(context));
				reads.add(read.thenApply((found) -> {
					Map<NodeKey, @Nullable T> nodes = HashMap.newHashMap(cached.size() + found.size());
					cached.forEach((id, node) -> nodes.put(new NodeKey(account, id), node));
					found.forEach((id, node) -> nodes.put(new NodeKey(account, id), node));
					return nodes;
				}));
			});
			return merged(reads);
		}

	}

	/** A data fetcher on the engine's thread, which needs no propagated context. */
	@FunctionalInterface
	private interface LocalDataFetcher extends TrivialDataFetcher<Object> {

	}

	private record NodeKey(AccountId account, UUID id) {
	}

	/** Reads the lists of several parents; a parent with an empty list is absent. */
	@FunctionalInterface
	private interface NestedRead<Q, V> {

		CompletableFuture<Map<UUID, V>> read(AccountId account, List<UUID> parents, Q query);

	}

}
