package dev.kennel.engine.loader;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.dataloader.DataLoader;

/**
 * A cache of read data in the {@code GraphQLContext} of an operation. The application
 * clears it where the operation has to see later changes: before each root field of a
 * mutation, and before each event of a subscription.
 */
public interface OperationScopedCache {

	/** Evicts all entries. */
	void clear();

	/**
	 * Clears all caches of an operation, those of its data loaders included.
	 * @param environment the environment of any field of the operation
	 */
	static void clearAll(DataFetchingEnvironment environment) {
		GraphQLContext context = environment.getGraphQlContext();
		context.stream().forEach((entry) -> {
			if (entry.getValue() instanceof OperationScopedCache cache) {
				cache.clear();
			}
		});
		environment.getDataLoaderRegistry().getDataLoaders().forEach(DataLoader::clearAll);
	}

}
