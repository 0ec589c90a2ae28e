package dev.kennel.paging;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

import dev.kennel.database.AccountId;
import dev.kennel.graphql.CallerContext;
import dev.kennel.graphql.node.NodeId;
import dev.kennel.graphql.node.NodeKind;
import dev.kennel.graphql.node.NodeLoader;
import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.TypeRuntimeWiring;
import org.dataloader.DataLoader;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.graphql.execution.BatchLoaderRegistry;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Serves every list of the API, and every object by its id, in batches: whatever a level
 * of an operation asks for with the same arguments is one statement, however many objects
 * ask.
 */
@Component
public class Connections implements RuntimeWiringConfigurer, NodeLoader {

	private final Map<NodeKind, Listing<?>> listings = new EnumMap<>(NodeKind.class);

	Connections(List<Listing<?>> listings, JdbcTemplate jdbc, BatchLoaderRegistry registry) {
		for (Listing<?> listing : listings) {
			this.listings.put(listing.kind(), listing);
			register(jdbc, listing, registry);
		}
	}

	/**
	 * Loads a page of a list.
	 * @param <T> what a row is
	 * @param environment the field
	 * @param listing the list's type
	 * @param parent the object whose list it is, or null for all of the account's
	 * @param arguments the field's paging arguments
	 * @param order the list's order
	 * @param filter which rows are meant
	 * @return the page, loaded with those of the same level
	 * @throws dev.kennel.graphql.error.ApiException with BAD_USER_INPUT if the arguments
	 * are faulty
	 */
	public <T> CompletableFuture<Connection<T>> load(DataFetchingEnvironment environment, Listing<T> listing,
			@Nullable UUID parent, PageArguments arguments, Order order, Filter filter) {
		PageKey key = new PageKey(parent, arguments.toQuery(listing, order, filter));
		DataLoader<PageKey, Page<T>> loader = Loader.PAGE.of(environment, listing);
		return loader.load(key).thenApply((page) -> {
			LoadedNodes.of(environment.getGraphQlContext()).add(listing, page.nodes());
			return new Connection<>(listing, key, page);
		});
	}

	/**
	 * Loads an object.
	 * @param <T> what a row is
	 * @param environment the field
	 * @param listing the object's type
	 * @param id the object's key
	 * @return the object, loaded with those of the same level, or null if the account has
	 * none with this id
	 */
	public <T> CompletableFuture<@Nullable T> find(DataFetchingEnvironment environment, Listing<T> listing, UUID id) {
		DataLoader<UUID, @Nullable T> loader = Loader.BY_ID.of(environment, listing);
		return loader.load(id);
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
		return find(environment, listing, id.uuid());
	}

	private static <T> void register(JdbcTemplate jdbc, Listing<T> listing, BatchLoaderRegistry registry) {
		ListReader<T> reader = new ListReader<>(jdbc, listing);
		register(registry, Loader.PAGE, listing,
				(Collection<PageKey> keys, AccountId account, GraphQLContext context) -> batched(keys, PageKey::query,
						PageKey::parent, (query) -> reader.page(account, query),
						(query, parents) -> reader.pages(account, parents, query), Page.empty()));
		register(registry, Loader.COUNT, listing,
				(Collection<CountKey> keys, AccountId account, GraphQLContext context) -> batched(keys,
						CountKey::filter, CountKey::parent, (filter) -> reader.count(account, filter),
						(filter, parents) -> reader.counts(account, parents, filter), 0));
		register(registry, Loader.PROBE, listing,
				(Collection<ProbeKey> keys, AccountId account, GraphQLContext context) -> batched(keys, ProbeKey::query,
						ProbeKey::parent, (query) -> reader.goesOn(account, query), (query, parents) -> {
							Set<UUID> goOn = reader.goOn(account, parents, query);
							Map<UUID, Boolean> answers = new HashMap<>();
							goOn.forEach((parent) -> answers.put(parent, true));
							return answers;
						}, false));
		register(registry, Loader.BY_ID, listing, (Collection<UUID> ids, AccountId account, GraphQLContext context) -> {
			Map<UUID, T> found = LoadedNodes.of(context).find(listing, ids);
			List<UUID> missing = ids.stream().filter((id) -> !found.containsKey(id)).toList();
			if (!missing.isEmpty()) {
				found.putAll(reader.byIds(account, missing));
			}
			return found;
		});
	}

	private static <K, V> void register(BatchLoaderRegistry registry, Loader loader, Listing<?> listing,
			Batch<K, V> batch) {
		registry.<K, V>forName(loader.nameFor(listing)).registerMappedBatchLoader((keys, environment) -> {
			GraphQLContext context = environment.getContext();
			if (context == null) {
				throw new IllegalStateException("A batch without an operation");
			}
			return Mono.just(batch.load(keys, CallerContext.account(context), context));
		});
	}

	/**
	 * One statement for each distinct query: over all its parents, and one more if the
	 * account's own list is asked for.
	 */
	private static <K, Q, V> Map<K, V> batched(Collection<K> keys, Function<K, Q> query,
			Function<K, @Nullable UUID> parent, Function<Q, V> own, BiFunction<Q, List<UUID>, Map<UUID, V>> nested,
			V none) {
		Map<Q, List<K>> groups = new LinkedHashMap<>();
		keys.forEach((key) -> groups.computeIfAbsent(query.apply(key), (q) -> new ArrayList<>()).add(key));
		Map<K, V> answers = HashMap.newHashMap(keys.size());
		groups.forEach((groupQuery, group) -> {
			List<UUID> parents = new ArrayList<>(group.size());
			for (K key : group) {
				UUID keyParent = parent.apply(key);
				if (keyParent != null) {
					parents.add(keyParent);
				}
				else {
					answers.put(key, own.apply(groupQuery));
				}
			}
			if (!parents.isEmpty()) {
				Map<UUID, V> found = nested.apply(groupQuery, parents);
				for (K key : group) {
					UUID keyParent = parent.apply(key);
					if (keyParent != null) {
						answers.put(key, found.getOrDefault(keyParent, none));
					}
				}
			}
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
		DataLoader<CountKey, Integer> loader = Loader.COUNT.of(environment, connection.listing());
		return loader.load(new CountKey(connection.parent(), connection.query().filter()));
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
		DataLoader<ProbeKey, Boolean> loader = Loader.PROBE.of(environment, connection.listing());
		return loader.load(new ProbeKey(connection.parent(),
				new ProbeQuery(connection.query().order(), connection.query().filter(), cursor, towardsEnd)));
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

	/** Answers many keys for an account. */
	@FunctionalInterface
	private interface Batch<K, V> {

		Map<K, V> load(Collection<K> keys, AccountId account, GraphQLContext context);

	}

	private record CountKey(@Nullable UUID parent, Filter filter) {
	}

	private record ProbeKey(@Nullable UUID parent, ProbeQuery query) {
	}

}
