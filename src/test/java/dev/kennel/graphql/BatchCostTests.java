package dev.kennel.graphql;

import graphql.GraphQLContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchCostTests {

	@Test
	void theOperationsOfABatchAddUp() {
		BatchCost batch = new BatchCost();
		GraphQLContext first = GraphQLContext.newContext().build();
		GraphQLContext second = GraphQLContext.newContext().build();
		batch.put(first);
		batch.put(second);

		assertThat(BatchCost.add(first, 7)).isEqualTo(7);
		assertThat(BatchCost.add(second, 5)).isEqualTo(12);
	}

	@Test
	void whatComesByItselfCostsWhatItCosts() {
		GraphQLContext alone = GraphQLContext.newContext().build();

		assertThat(BatchCost.add(alone, 7)).isEqualTo(7);
		assertThat(BatchCost.add(alone, 5)).isEqualTo(5);
	}

}
