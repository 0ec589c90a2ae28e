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

		assertThat(BatchCost.tryAdd(first, 7, 12)).isEqualTo(7);
		assertThat(BatchCost.tryAdd(second, 5, 12)).isEqualTo(12);
	}

	@Test
	void anOperationThatIsTooMuchIsNotChargedToTheOthers() {
		BatchCost batch = new BatchCost();
		GraphQLContext context = GraphQLContext.newContext().build();
		batch.put(context);

		assertThat(BatchCost.tryAdd(context, 13, 12)).isEqualTo(13);
		assertThat(BatchCost.tryAdd(context, 12, 12)).isEqualTo(12);
	}

	@Test
	void whatComesByItselfCostsWhatItCosts() {
		GraphQLContext alone = GraphQLContext.newContext().build();

		assertThat(BatchCost.tryAdd(alone, 7, 4)).isEqualTo(7);
		assertThat(BatchCost.tryAdd(alone, 5, 4)).isEqualTo(5);
	}

}
