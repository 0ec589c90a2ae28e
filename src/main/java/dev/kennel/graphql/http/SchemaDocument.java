package dev.kennel.graphql.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestHandler;
import dev.kennel.web.StaticFile;
import graphql.introspection.Introspection;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.SchemaPrinter;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/**
 * Serves {@code GET /graphql/schema.graphql}: the schema as SDL, with all descriptions,
 * for code generators. Disabled together with introspection.
 */
class SchemaDocument implements RequestHandler {

	/**
	 * The directives of the specification, which need no definition.
	 */
	private static final Set<String> OMITTED_DIRECTIVES = Set.of("include", "skip", "deprecated", "specifiedBy",
			"oneOf");

	/** Browsers display this type instead of downloading it. */
	private static final String CONTENT_TYPE = "text/plain;charset=utf-8";

	private final StaticFile file;

	private final boolean enabled;

	SchemaDocument(GraphQLSchema schema, boolean enabled) {
		// Public, but it changes with the service's version, so it is revalidated.
		this.file = StaticFile.ofType(print(schema).getBytes(StandardCharsets.UTF_8), CONTENT_TYPE,
				Map.of(HttpHeaders.CACHE_CONTROL, "no-cache"));
		this.enabled = enabled;
	}

	/**
	 * Prints a schema as SDL, with types and fields sorted by name.
	 * @param schema the schema
	 * @return the SDL document
	 */
	static String print(GraphQLSchema schema) {
		return new SchemaPrinter(SchemaPrinter.Options.defaultOptions()
			.includeScalarTypes(true)
			.includeSchemaDefinition(true)
			.includeDirectiveDefinition((name) -> !OMITTED_DIRECTIVES.contains(name))
			.includeSchemaElement((element) -> !(element instanceof graphql.schema.GraphQLNamedType type
					&& Introspection.isIntrospectionTypes(type))))
			.print(schema);
	}

	@Override
	public void handle(HttpExchange exchange) {
		if (this.enabled) {
			this.file.handle(exchange);
		}
		else {
			exchange.respondError(HttpStatus.NOT_FOUND.value());
		}
	}

}
