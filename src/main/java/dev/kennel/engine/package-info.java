/**
 * Breadth-first execution for graphql-java: an operation is compiled once to a plan,
 * which is executed level by level and written to JSON without an intermediate map. The
 * package, with {@code plan}, {@code loader} and {@code incremental}, is independent of
 * the application. A Spring for GraphQL service adopts it as follows:
 *
 * <pre class="code">
 * &#64;Import(EngineConfiguration.class) // controllers, data loaders and strategies as before
 * class GraphQlConfiguration {
 *
 * 	&#64;Bean // optional: batches the keys of a level without a DataLoader
 * 	LevelBatchLoader&lt;UUID, Author&gt; authors(AuthorRepository repository) {
 * 		return LevelBatchLoader.blocking("authors", (ids, context) -&gt; repository.findByIds(ids));
 * 	}
 *
 * }
 *
 * // optional: keeps plans with a cached document instead of in a weak map
 * PlanVariants plans = new PlanVariants(document, operation, (bytes) -&gt; { });
 * plans.putInto(executionInput.getGraphQLContext());
 *
 * // optional: executes on event loops, and blocking data fetchers elsewhere
 * executionInput.getGraphQLContext().put(ExecutionThreads.class, threads);
 *
 * // optional: bypasses the per-request work of graphql-java around a strategy;
 * // null if executeByGraphQlJava has to execute the operation
 * CompletableFuture&lt;ExecutionResult&gt; result = engine.execute(executionInput, entry, operation);
 * </pre>
 *
 * Here, {@code entry} is the cached {@code PreparsedDocumentEntry} of the document, and
 * {@code threads} an implementation of {@link ExecutionThreads}.
 *
 * <p>
 * Requirements: the configuration replaces Spring Boot's {@code BatchLoaderRegistry} and
 * {@code AnnotatedControllerConfigurer}, and the strategies of queries and mutations.
 * Plans are cached if documents are. Jackson 3 and Jakarta Validation are needed.
 * Controllers are called on the thread of the operation, without propagation of
 * thread-locals. With a {@code @ControllerAdvice}, Spring calls the controllers; with an
 * instrumentation of fields, graphql-java executes the operations. Both are slower, but
 * correct. {@code @defer} and {@code @stream} need a transport that sends the payloads of
 * an {@link dev.kennel.engine.IncrementalResult}; otherwise there is one complete result.
 *
 * <p>
 * docs/execution.md describes the algorithm.
 */
@NullMarked
package dev.kennel.engine;

import dev.kennel.engine.loader.ExecutionThreads;
import dev.kennel.engine.loader.LevelBatchLoader;
import org.jspecify.annotations.NullMarked;
