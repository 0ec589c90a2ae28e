package dev.kennel.engine;

import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import dev.kennel.engine.plan.ExecutionCounts;
import graphql.GraphQL;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Limits of the cost of execution, in counts and bytes rather than in time. */
class ExecutionCostTests {

	private static final int OWNERS = 50;

	private static final JsonMapper JSON = new JsonMapper();

	@Test
	void operationIsCompiledOnce() {
		ExecutionCounts counts = new ExecutionCounts();
		GraphQL kennel = OwnersAndDogs.kennel(counts);

		for (int run = 0; run < 10; run++) {
			assertThat(kennel.execute(OwnersAndDogs.input(run)).getErrors()).isEmpty();
		}

		assertThat(counts.plansCompiled()).isEqualTo(1);
		assertThat(counts.plansFound()).isEqualTo(9);
	}

	@Test
	void planIsRetainedAsLongAsItsDocument() {
		ExecutionCounts counts = new ExecutionCounts();
		GraphQL kennel = OwnersAndDogs.kennel(counts);
		kennel.execute(OwnersAndDogs.input(1));

		System.gc();
		kennel.execute(OwnersAndDogs.input(1));

		assertThat(counts.plansCompiled()).isEqualTo(1);
	}

	@Test
	void responseObjectAllocatesLessThanAFifthOfGraphqlJava() {
		GraphQL stock = OwnersAndDogs.stock();
		GraphQL kennel = OwnersAndDogs.kennel(new ExecutionCounts());
		Supplier<Object> byStock = () -> JSON
			.writeValueAsBytes(stock.execute(OwnersAndDogs.input(OWNERS)).toSpecification());
		Supplier<Object> byKennel = () -> {
			try (ResponseJson json = ResponseJson.of(kennel.execute(OwnersAndDogs.input(OWNERS)).toSpecification())) {
				return json.length();
			}
		};

		long stockBytes = allocated(byStock);
		long kennelBytes = allocated(byKennel);

		// Owners, their dogs, and a connection and a PageInfo for each list.
		long objects = OWNERS * (1 + 5 + 2) + 2;
		assertThat(kennelBytes / objects).as("bytes for each object, by graphql-java %d", stockBytes / objects)
			.isLessThan(700);
		assertThat(kennelBytes).isLessThan(stockBytes / 5);
	}

	private static long allocated(Supplier<Object> operation) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		Object last = null;
		for (int run = 0; run < 300; run++) {
			last = operation.get();
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int run = 0; run < 50; run++) {
			last = operation.get();
		}
		assertThat(last).isNotNull();
		return (threads.getCurrentThreadAllocatedBytes() - before) / 50;
	}

}
