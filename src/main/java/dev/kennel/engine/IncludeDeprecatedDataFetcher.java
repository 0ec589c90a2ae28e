package dev.kennel.engine;

import graphql.TrivialDataFetcher;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.DelegatingDataFetchingEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Fetches an introspection field with an {@code includeDeprecated} argument. The argument
 * is nullable, and null means its default, false; graphql-java 25 fails on null.
 *
 * @see <a href=
 * "https://spec.graphql.org/September2025/#sec-Schema-Introspection.Schema-Introspection-Schema">GraphQL,
 * introspection schema</a>
 */
final class IncludeDeprecatedDataFetcher implements TrivialDataFetcher<Object> {

	static final String INCLUDE_DEPRECATED = "includeDeprecated";

	private final DataFetcher<?> fetcher;

	IncludeDeprecatedDataFetcher(DataFetcher<?> fetcher) {
		this.fetcher = fetcher;
	}

	@Override
	public @Nullable Object get(DataFetchingEnvironment environment) throws Exception {
		return this.fetcher.get((environment.getArgument(INCLUDE_DEPRECATED) != null) ? environment
				: new WithoutDeprecated(environment));
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
