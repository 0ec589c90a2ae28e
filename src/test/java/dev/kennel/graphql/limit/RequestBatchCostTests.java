package dev.kennel.graphql.limit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestBatchCostTests {

	private final RequestBatchCost batch = new RequestBatchCost();

	@Test
	void costsOfABatchAreAdded() {
		assertThat(this.batch.tryAdd(7, 12)).isEqualTo(7);
		assertThat(this.batch.tryAdd(5, 12)).isEqualTo(12);
	}

	@Test
	void operationAboveTheMaximumIsNotAddedToTheBatch() {
		assertThat(this.batch.tryAdd(13, 12)).isEqualTo(13);
		assertThat(this.batch.tryAdd(12, 12)).isEqualTo(12);
	}

}
