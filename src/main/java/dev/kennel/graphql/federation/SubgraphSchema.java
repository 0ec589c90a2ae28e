package dev.kennel.graphql.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import dev.kennel.identity.NodeKind;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The schema of Kennel as a subgraph.
 *
 * @see <a href=
 * "https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec">Apollo
 * Federation, subgraph specification</a>
 */
final class SubgraphSchema {

	/** The types that other subgraphs may refer to by their ids. */
	static final List<NodeKind> ENTITIES = List.of(NodeKind.DOG, NodeKind.OWNER, NodeKind.USER);

	/** The fields that every subgraph has, which are no part of its SDL. */
	static final String FIELDS = """
			\"""A reference to an object: `__typename` and the fields of its key.\"""
			scalar _Any

			\"""The objects that other subgraphs may refer to.\"""
			union _Entity = Dog | Owner | User

			\"""The subgraph.\"""
			type _Service {
			  \"""Its schema, with the directives of Federation 2.\"""
			  sdl: String!
			}

			extend type Query {
			  \"""The objects of references, in their order; null for each one that the account does not have.\"""
			  _entities(
			    \"""The references.\"""
			    representations: [_Any!]!
			  ): [_Entity]!
			  \"""The subgraph. Needs no log-in.\"""
			  _service: _Service!
			}
			""";

	/** The directives, which the engine does not know. */
	private static final String DIRECTIVES = """
			extend schema @link(url: "https://specs.apollo.dev/federation/v2.4", import: ["@key", "@shareable"])

			extend type Dog @key(fields: "id")

			extend type Owner @key(fields: "id")

			extend type User @key(fields: "id")

			extend type PageInfo @shareable
			""";

	private static final String FILES = "classpath*:graphql/*.graphqls";

	private SubgraphSchema() {
	}

	/** Returns the SDL that a gateway composes with those of other subgraphs. */
	static String sdl() {
		try {
			StringBuilder sdl = new StringBuilder(DIRECTIVES);
			Resource[] files = new PathMatchingResourcePatternResolver().getResources(FILES);
			for (Resource file : Arrays.stream(files)
				.sorted((one, other) -> String.valueOf(one.getFilename())
					.compareTo(String.valueOf(other.getFilename())))
				.toList()) {
				sdl.append('\n').append(file.getContentAsString(StandardCharsets.UTF_8));
			}
			return sdl.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
