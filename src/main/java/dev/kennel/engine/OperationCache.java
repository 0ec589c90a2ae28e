package dev.kennel.engine;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingEnvironment;
import org.dataloader.DataLoader;

/**
 * Something in an operation's context that remembers what has been read. It is forgotten
 * where an operation has to see what has been changed meanwhile: before each field of a
 * mutation, and before each event of a subscription.
 */
public interface OperationCache {

	/** Forgets what has been read. */
	void clear();

	/**
	 * Forgets all that an operation has read: this, and what its loaders remember.
	 * @param environment a field of the operation
	 */
	static void clearAll(DataFetchingEnvironment environment) {
		GraphQLContext context = environment.getGraphQlContext();
		context.stream().forEach((entry) -> {
			if (entry.getValue() instanceof OperationCache cache) {
				cache.clear();
			}
		});
		environment.getDataLoaderRegistry().getDataLoaders().forEach(DataLoader::clearAll);
	}

}
