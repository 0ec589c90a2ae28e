package dev.kennel.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import graphql.scalars.ExtendedScalars;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import graphql.schema.idl.TypeDefinitionRegistry;

/** Kennel's schema without data fetchers. */
public final class BareSchema {

	private BareSchema() {
	}

	/**
	 * Creates the schema of the files in {@code schema/}.
	 * @return the schema
	 */
	public static GraphQLSchema create() {
		TypeDefinitionRegistry types = new TypeDefinitionRegistry();
		try (Stream<Path> files = Files.list(Path.of("schema"))) {
			for (Path file : files.sorted().toList()) {
				types.merge(new SchemaParser().parse(Files.readString(file)));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new SchemaGenerator().makeExecutableSchema(types,
				RuntimeWiring.newRuntimeWiring()
					.scalar(ExtendedScalars.DateTime)
					.scalar(ExtendedScalars.Date)
					.type("Node", (wiring) -> wiring.typeResolver((environment) -> null))
					.type("LoginResult", (wiring) -> wiring.typeResolver((environment) -> null))
					.type("SearchResult", (wiring) -> wiring.typeResolver((environment) -> null))
					.build());
	}

}
