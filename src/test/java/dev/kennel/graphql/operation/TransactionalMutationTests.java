package dev.kennel.graphql.operation;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import dev.kennel.graphql.idempotency.TransactionalMutation;
import dev.kennel.test.KennelTest;
import graphql.schema.DataFetchingEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.ResolvableType;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.graphql.execution.SelfDescribingDataFetcher;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The methods that may be {@link Atomic}, which is checked at startup. */
@KennelTest
class TransactionalMutationTests {

	private final MutationFieldWrapper fields;

	TransactionalMutationTests(MutationFieldWrapper fields) {
		this.fields = fields;
	}

	@ParameterizedTest
	@ValueSource(strings = { "future", "stage", "plainFuture", "mono", "flux" })
	void asynchronousMethodFailsStartup(String name) throws Exception {
		Method method = AsynchronousMethods.class.getDeclaredMethod(name);
		GraphQlSource.SchemaResourceBuilder builder = GraphQlSource.schemaResourceBuilder()
			.schemaResources(new ByteArrayResource(
					"type Query { a: String } type Mutation { refused: String }".getBytes(StandardCharsets.UTF_8)))
			.configureRuntimeWiring(
					(wiring) -> wiring.type("Mutation", (type) -> type.dataFetcher("refused", new Fetcher(method))));
		this.fields.customize(builder);

		assertThatIllegalStateException().isThrownBy(builder::build)
			.withMessage("@TransactionalMutation requires a synchronous method, and " + method.toGenericString()
					+ " is asynchronous");
	}

	static final class AsynchronousMethods {

		@TransactionalMutation
		CompletableFuture<String> future() {
			return new CompletableFuture<>();
		}

		@TransactionalMutation
		CompletionStage<String> stage() {
			return new CompletableFuture<>();
		}

		@TransactionalMutation
		Future<String> plainFuture() {
			return new CompletableFuture<>();
		}

		@TransactionalMutation
		Mono<String> mono() {
			return Mono.never();
		}

		@TransactionalMutation
		Flux<String> flux() {
			return Flux.never();
		}

	}

	private record Fetcher(Method method) implements SelfDescribingDataFetcher<Object> {

		@Override
		public String getDescription() {
			return this.method.getName();
		}

		@Override
		public ResolvableType getReturnType() {
			return ResolvableType.forMethodReturnType(this.method);
		}

		@Override
		public Method asMethod() {
			return this.method;
		}

		@Override
		public @Nullable Object get(DataFetchingEnvironment environment) {
			return null;
		}

	}

}
