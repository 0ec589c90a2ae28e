package dev.kennel.graphql.mutation;

import java.util.List;
import java.util.Objects;

import dev.kennel.graphql.CallerContext;
import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetcher;
import graphql.schema.FieldCoordinates;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchemaElement;
import graphql.schema.GraphQLTypeVisitorStub;
import graphql.util.TraversalControl;
import graphql.util.TraverserContext;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.graphql.autoconfigure.GraphQlSourceBuilderCustomizer;
import org.springframework.graphql.execution.GraphQlSource;
import org.springframework.stereotype.Component;

/** Stands before the controllers of the fields of mutations. */
@Component
class MutationFields implements GraphQlSourceBuilderCustomizer {

	@Override
	public void customize(GraphQlSource.SchemaResourceBuilder builder) {
		builder.typeVisitors(List.of(new Visitor()));
	}

	private static @Nullable Object withCaller(@Nullable Object answer) {
		return switch (answer) {
			case Mono<?> mono -> mono.map((value) -> Objects.requireNonNull(withCaller(value)));
			case CallerSource source ->
				DataFetcherResult.newResult().data(source).localContext(CallerContext.local(source.caller())).build();
			case null, default -> answer;
		};
	}

	private static final class Visitor extends GraphQLTypeVisitorStub {

		@Override
		public TraversalControl visitGraphQLFieldDefinition(GraphQLFieldDefinition field,
				TraverserContext<GraphQLSchemaElement> context) {
			if (context.getParentNode() instanceof GraphQLNamedType parent && "Mutation".equals(parent.getName())) {
				GraphQLCodeRegistry.Builder registry = context.getVarFromParents(GraphQLCodeRegistry.Builder.class);
				FieldCoordinates coordinates = FieldCoordinates.coordinates(parent.getName(), field.getName());
				DataFetcher<?> controller = registry.getDataFetcher(coordinates, field);
				registry.dataFetcher(coordinates,
						(DataFetcher<?>) (environment) -> withCaller(controller.get(environment)));
			}
			return TraversalControl.CONTINUE;
		}

	}

}
