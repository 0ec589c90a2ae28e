package dev.kennel.engine;

import java.util.concurrent.TimeUnit;

import dev.kennel.engine.plan.ExecutionCounts;
import dev.kennel.engine.plan.Planner;
import graphql.GraphQL;
import graphql.execution.SimpleDataFetcherExceptionHandler;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/**
 * The cost of execution without a database, from the parsed document to the bytes of the
 * response: owners with five dogs each, executed by Kennel's strategy, by that of
 * graphql-java, and by a plan that has to be compiled first.
 */
@NullUnmarked
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ExecutionBenchmark {

	private static final JsonMapper JSON = new JsonMapper();

	/** The number of requested owners. */
	@Param({ "1", "20", "200" })
	public int owners;

	private GraphQL stock;

	private GraphQL kennel;

	/** Creates the engines. */
	@Setup
	public void start() {
		this.stock = OwnersAndDogs.stock();
		this.kennel = OwnersAndDogs.kennel(new ExecutionCounts());
	}

	/** graphql-java's strategy, and Jackson over its maps. */
	@Benchmark
	public Object stock() {
		return JSON.writeValueAsBytes(this.stock.execute(OwnersAndDogs.input(this.owners)).toSpecification());
	}

	/** Kennel's strategy with a cached plan. */
	@Benchmark
	public Object kennel() {
		return execute(this.kennel);
	}

	/** Kennel's strategy with a plan that is compiled each time. */
	@Benchmark
	public Object kennelWithNewPlan() {
		return execute(this.kennel.transform((builder) -> builder.queryExecutionStrategy(
				LevelStrategy.ofQueries(new Planner(new ExecutionCounts()),
						new SimpleDataFetcherExceptionHandler()))));
	}

	private Object execute(GraphQL engine) {
		try (ResponseJson json = ResponseJson.of(engine.execute(OwnersAndDogs.input(this.owners)).toSpecification())) {
			return json.toByteArray();
		}
	}

}
