package dev.kennel.engine;

import java.util.List;

import graphql.Directives;
import graphql.TrivialDataFetcher;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.DelegatingDataFetchingEnvironment;
import graphql.schema.GraphQLDirective;
import org.jspecify.annotations.Nullable;

/**
 * A field of the introspection that leaves out what is deprecated, unless it is asked to
 * include it. The argument is nullable, and null means the same as its absence;
 * graphql-java 25 fails on it.
 *
 * @see <a href=
 * "https://spec.graphql.org/September2025/#sec-Schema-Introspection.Schema-Introspection-Schema">GraphQL,
 * introspection schema</a>
 */
final class IntrospectionDataFetcher implements TrivialDataFetcher<Object> {

	static final String INCLUDE_DEPRECATED = "includeDeprecated";

	/**
	 * graphql-java adds it to every schema. It does nothing without incremental delivery,
	 * which no transport has.
	 */
	private static final String WITHOUT_EFFECT = Directives.DeferDirective.getName();

	private final DataFetcher<?> fetcher;

	IntrospectionDataFetcher(DataFetcher<?> fetcher) {
		this.fetcher = fetcher;
	}

	@Override
	public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
		return this.fetcher.get((environment.getArgument(INCLUDE_DEPRECATED) != null) ? environment
				: new WithoutDeprecated(environment));
	}

	/** The directives of the schema: those that do something. */
	static TrivialDataFetcher<List<GraphQLDirective>> directives() {
		return (environment) -> environment.getGraphQLSchema()
			.getDirectives()
			.stream()
			.filter((directive) -> !directive.getName().equals(WITHOUT_EFFECT))
			.toList();
	}

	private static final class WithoutDeprecated extends DelegatingDataFetchingEnvironment {

		WithoutDeprecated(DataFetchingEnvironment environment) {
			super(environment);
		}

		@Override
		@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
		public <T> @Nullable T getArgument(String name) {
			Object value = name.equals(INCLUDE_DEPRECATED) ? (Object) false : super.getArgument(name);
			return (T) value;
		}

	}

}
