/**
 * Breadth-first execution for graphql-java: an operation is compiled once to a plan,
 * which is executed level by level and written to JSON without a map of results. It knows
 * nothing of the application around it; a Spring for GraphQL service adopts it so:
 *
 * <pre class="code">
 * &#64;Import(EngineConfiguration.class) // controllers, data loaders and strategies as before
 * class GraphQlConfiguration {
 *
 * 	&#64;Bean // optional: loads a level's keys with one call, without a DataLoader
 * 	BatchLoader&lt;UUID, Author&gt; authors(AuthorRepository repository) {
 * 		return BatchLoader.blocking((ids, context) -&gt; repository.findByIds(ids));
 * 	}
 *
 * }
 *
 * // optional: plans are kept with a cached document instead of in a weak map
 * OperationPlans plans = new OperationPlans(document, operation, (bytes) -&gt; { });
 * plans.putInto(executionInput.getGraphQLContext());
 *
 * // optional: executes on event loops; blocking fetchers leave them
 * executionInput.getGraphQLContext().put(ExecutionThreads.class, threads);
 *
 * // optional: skips what graphql-java does around a strategy for each request
 * CompletableFuture&lt;ExecutionResult&gt; result = engine.execute(executionInput, entry, operation);
 * </pre>
 *
 * docs/execution.md describes the algorithm.
 */
@NullMarked
package dev.kennel.engine;

import org.jspecify.annotations.NullMarked;
