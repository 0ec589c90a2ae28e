package dev.kennel.engine;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import graphql.ExecutionInput;
import graphql.ExecutionResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.graphql.data.ArgumentValue;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.stereotype.Controller;

import static org.assertj.core.api.Assertions.assertThat;

/** Controllers get their arguments as Spring for GraphQL binds them. */
class LevelControllerConfigurerTests {

	private static final String SDL = """
			type Query { greeting(name: String, mark: String, title: String, count: Int): String }""";

	private static @Nullable Object greeting(String arguments) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Greetings.class)) {
			LevelControllerConfigurer controllers = new LevelControllerConfigurer();
			controllers.setApplicationContext(context);
			controllers.afterPropertiesSet();
			ExecutionResult result = GraphQlSource.schemaResourceBuilder()
				.schemaResources(new ByteArrayResource(SDL.getBytes(StandardCharsets.UTF_8)))
				.configureRuntimeWiring(controllers)
				.typeVisitors(List.of(controllers.visitor()))
				.build()
				.graphQl()
				.execute(ExecutionInput.newExecutionInput("{ greeting" + arguments + " }").build());
			assertThat(result.getErrors()).isEmpty();
			return result.<Map<String, Object>>getData().get("greeting");
		}
	}

	@Test
	void renamedArgumentsAreBoundByTheirNames() {
		assertThat(greeting("(name: \"Ann\", mark: \"!\", title: \"Dr\", count: 2)")).isEqualTo("Dr Ann! 2");
	}

	@Test
	void omittedArgumentsAreNullOrEmpty() {
		assertThat(greeting("")).isEqualTo("anonymous null omitted");
	}

	@Test
	void nullsAreNullOrEmpty() {
		assertThat(greeting("(name: null, mark: null, title: null, count: null)")).isEqualTo("anonymous null null");
	}

	@Controller
	static class Greetings {

		@QueryMapping
		String greeting(@Argument(name = "name") @Nullable String who, @Argument("mark") @Nullable String end,
				@Argument Optional<String> title, @Argument ArgumentValue<Integer> count) {
			String number = count.isOmitted() ? "omitted" : String.valueOf(count.value());
			return (who != null) ? title.orElse("") + " " + who + end + " " + number
					: "anonymous " + end + " " + number;
		}

	}

}
