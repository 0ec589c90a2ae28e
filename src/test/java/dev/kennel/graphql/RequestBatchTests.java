package dev.kennel.graphql;

import graphql.GraphQLContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestBatchTests {

	@Test
	void costsOfABatchAreAdded() {
		RequestBatch batch = new RequestBatch();
		GraphQLContext first = GraphQLContext.newContext().build();
		GraphQLContext second = GraphQLContext.newContext().build();
		batch.put(first);
		batch.put(second);

		assertThat(RequestBatch.tryAdd(first, 7, 12)).isEqualTo(7);
		assertThat(RequestBatch.tryAdd(second, 5, 12)).isEqualTo(12);
	}

	@Test
	void operationAboveTheMaximumIsNotAddedToTheBatch() {
		RequestBatch batch = new RequestBatch();
		GraphQLContext context = GraphQLContext.newContext().build();
		batch.put(context);

		assertThat(RequestBatch.tryAdd(context, 13, 12)).isEqualTo(13);
		assertThat(RequestBatch.tryAdd(context, 12, 12)).isEqualTo(12);
	}

	@Test
	void operationOutsideABatchIsCountedByItself() {
		GraphQLContext alone = GraphQLContext.newContext().build();

		assertThat(RequestBatch.tryAdd(alone, 7, 4)).isEqualTo(7);
		assertThat(RequestBatch.tryAdd(alone, 5, 4)).isEqualTo(5);
	}

}
