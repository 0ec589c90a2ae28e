package dev.kennel.paging;

import java.util.ArrayList;
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

import dev.kennel.database.AccountId;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.graphql.node.NodeLoader;
import graphql.GraphQLContext;
import graphql.language.Field;
import graphql.language.Selection;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.TypeRuntimeWiring;
import org.dataloader.DataLoader;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.graphql.execution.BatchLoaderRegistry;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;
import org.springframework.stereotype.Component;

/**
 * Serves every list of the API, and every object by its id, in batches: whatever a level
 * of an operation asks for with the same arguments is one statement, however many objects
 * ask.
 */
@Component
public class Connections implements RuntimeWiringConfigurer, NodeLoader {

	private final Map<NodeKind, Listing<?>> listings = new EnumMap<>(NodeKind.class);

	Connections(ListReaders readers, BatchLoaderRegistry registry) {
		for (ListReader<?> reader : readers.all()) {
			this.listings.put(reader.listing().kind(), reader.listing());
			register(reader, registry);
		}
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
	 * @param filter which rows are meant
	 * @return the page, loaded with those of the same level
	 * @throws dev.kennel.graphql.error.ApiException with BAD_USER_INPUT if the arguments
	 * are faulty
	 */
	public <T> CompletableFuture<Connection<T>> load(DataFetchingEnvironment environment, AccountId account,
			Listing<T> listing, @Nullable UUID parent, PageArguments arguments, Order order, Filter filter) {
		ListKey<PageQuery> key = new ListKey<>(account, parent, arguments.toQuery(listing, order, filter));
		if (!asksForRows(environment)) {
			return CompletableFuture.completedFuture(new Connection<>(listing, key, null));
		}
		DataLoader<ListKey<PageQuery>, Page<T>> loader = Loader.PAGE.of(environment, listing);
		return loader.load(key).thenApply((page) -> {
			LoadedNodes.of(environment.getGraphQlContext()).add(account, listing, page.nodes());
			return new Connection<>(listing, key, page);
		});
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
			Listing<T> listing, UUID id) {
		DataLoader<NodeKey, @Nullable T> loader = Loader.BY_ID.of(environment, listing);
		return loader.load(new NodeKey(account, id));
	}

	@Override
	public Set<NodeKind> kinds() {
		return this.listings.keySet();
	}

	@Override
	public CompletableFuture<? extends @Nullable Object> load(DataFetchingEnvironment environment, AccountId account,
			NodeId id) {
		Listing<?> listing = this.listings.get(id.kind());
		if (listing == null) {
			throw new IllegalArgumentException("No list of " + id.kind());
		}
		return find(environment, account, listing, id.uuid());
	}

	private static <T> void register(ListReader<T> reader, BatchLoaderRegistry registry) {
		Listing<T> listing = reader.listing();
		registry.<ListKey<PageQuery>, Page<T>>forName(Loader.PAGE.nameFor(listing))
			.registerMappedBatchLoader(
					(keys, environment) -> Mono.just(batched(keys, reader::page, reader::pages, Page.empty())));
		registry.<ListKey<Filter>, Integer>forName(Loader.COUNT.nameFor(listing))
			.registerMappedBatchLoader(
					(keys, environment) -> Mono.just(batched(keys, reader::count, reader::counts, 0)));
		registry.<ListKey<ProbeQuery>, Boolean>forName(Loader.PROBE.nameFor(listing))
			.registerMappedBatchLoader(
					(keys, environment) -> Mono.just(batched(keys, reader::goesOn, reader::goOn, false)));
		registry.<NodeKey, T>forName(Loader.BY_ID.nameFor(listing))
			.registerMappedBatchLoader((keys, environment) -> Mono
				.just(byIds(keys, reader, listing, Objects.requireNonNull(environment.<GraphQLContext>getContext()))));
	}

	/**
	 * One statement for each account and query: over all parents, and one more if the
	 * account's own list is asked for.
	 */
	private static <Q, V> Map<ListKey<Q>, V> batched(Set<ListKey<Q>> keys, BiFunction<AccountId, Q, V> own,
			Nested<Q, V> nested, V none) {
		Map<ListKey<Q>, List<ListKey<Q>>> groups = new LinkedHashMap<>();
		for (ListKey<Q> key : keys) {
			groups.computeIfAbsent(new ListKey<>(key.account(), null, key.query()), (group) -> new ArrayList<>())
				.add(key);
		}
		Map<ListKey<Q>, V> answers = HashMap.newHashMap(keys.size());
		groups.forEach((group, members) -> {
			List<UUID> parents = members.stream().map(ListKey::parent).filter(Objects::nonNull).toList();
			Map<UUID, V> found = parents.isEmpty() ? Map.of() : nested.read(group.account(), parents, group.query());
			for (ListKey<Q> key : members) {
				answers.put(key, (key.parent() != null) ? found.getOrDefault(key.parent(), none)
						: own.apply(group.account(), group.query()));
			}
		});
		return answers;
	}

	private static <T> Map<NodeKey, T> byIds(Set<NodeKey> keys, ListReader<T> reader, Listing<T> listing,
			GraphQLContext context) {
		Map<AccountId, Set<UUID>> accounts = new LinkedHashMap<>();
		keys.forEach((key) -> accounts.computeIfAbsent(key.account(), (account) -> new HashSet<>()).add(key.id()));
		Map<NodeKey, T> answers = HashMap.newHashMap(keys.size());
		accounts.forEach((account, ids) -> {
			Map<UUID, T> found = LoadedNodes.of(context).find(account, listing, ids);
			ids.removeAll(found.keySet());
			if (!ids.isEmpty()) {
				found.putAll(reader.byIds(account, ids));
			}
			found.forEach((id, node) -> answers.put(new NodeKey(account, id), node));
		});
		return answers;
	}

	/** Answers the fields of connections that may need a look at the store. */
	@Override
	public void configure(RuntimeWiring.Builder wiring) {
		this.listings.values()
			.forEach((listing) -> wiring.type(TypeRuntimeWiring.newTypeWiring(listing.connectionTypeName())
				.dataFetcher("totalCount", Connections::totalCount)));
		wiring.type(TypeRuntimeWiring.newTypeWiring("PageInfo")
			.dataFetcher("hasNextPage", Connections::hasNextPage)
			.dataFetcher("hasPreviousPage", Connections::hasPreviousPage));
	}

	// The engine takes a value, or the future of one.
	@SuppressWarnings("FutureReturnValueIgnored")
	private static Object totalCount(DataFetchingEnvironment environment) {
		Connection<?> connection = environment.getSource();
		if (connection == null) {
			throw new IllegalStateException("A field without an object");
		}
		Integer known = connection.knownTotalCount();
		if (known != null) {
			return known;
		}
		DataLoader<ListKey<Filter>, Integer> loader = Loader.COUNT.of(environment, connection.listing());
		return loader.load(connection.key().with(connection.query().filter()));
	}

	private static Object hasNextPage(DataFetchingEnvironment environment) {
		Connection<?> connection = connection(environment);
		return goesOn(environment, connection, connection.knownNext(), connection.query().before(), true);
	}

	private static Object hasPreviousPage(DataFetchingEnvironment environment) {
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
	private static Object goesOn(DataFetchingEnvironment environment, Connection<?> connection, @Nullable Boolean known,
			@Nullable Cursor cursor, boolean towardsEnd) {
		if (known != null) {
			return known;
		}
		if (cursor == null) {
			throw new IllegalStateException("A list without a cursor ends where its page does");
		}
		DataLoader<ListKey<ProbeQuery>, Boolean> loader = Loader.PROBE.of(environment, connection.listing());
		return loader.load(connection.key()
			.with(new ProbeQuery(connection.query().order(), connection.query().filter(), cursor, towardsEnd)));
	}

	/** The loaders of a listing. */
	private enum Loader {

		PAGE, COUNT, PROBE, BY_ID;

		String nameFor(Listing<?> listing) {
			return listing.kind().typeName() + "." + name();
		}

		<K, V extends @Nullable Object> DataLoader<K, V> of(DataFetchingEnvironment environment, Listing<?> listing) {
			DataLoader<K, V> loader = environment.getDataLoader(nameFor(listing));
			if (loader == null) {
				throw new IllegalStateException("No loader for " + nameFor(listing));
			}
			return loader;
		}

	}

	private record NodeKey(AccountId account, UUID id) {
	}

	/** Reads the lists of several parents; a parent whose list has nothing is absent. */
	@FunctionalInterface
	private interface Nested<Q, V> {

		Map<UUID, V> read(AccountId account, List<UUID> parents, Q query);

	}

}
