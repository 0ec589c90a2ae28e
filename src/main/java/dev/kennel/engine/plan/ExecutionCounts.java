package dev.kennel.engine.plan;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts executed plans, compiled plans, and fallbacks to graphql-java. */
public final class ExecutionCounts {

	private final LongAdder found = new LongAdder();

	private final LongAdder compiled = new LongAdder();

	private final Map<FallbackReason, LongAdder> fallbacks = new EnumMap<>(FallbackReason.class);

	/** Creates counters of zero. */
	public ExecutionCounts() {
		for (FallbackReason reason : FallbackReason.values()) {
			this.fallbacks.put(reason, new LongAdder());
		}
	}

	void planFound() {
		this.found.increment();
	}

	void planCompiled() {
		this.compiled.increment();
	}

	void fallback(FallbackReason reason) {
		adder(reason).increment();
	}

	private LongAdder adder(FallbackReason reason) {
		LongAdder adder = this.fallbacks.get(reason);
		if (adder == null) {
			throw new IllegalStateException("Not counted: " + reason);
		}
		return adder;
	}

	/**
	 * Returns the number of operations whose plan was already compiled.
	 * @return the number since the start
	 */
	public long plansFound() {
		return this.found.sum();
	}

	/**
	 * Returns the number of compiled plans.
	 * @return the number since the start
	 */
	public long plansCompiled() {
		return this.compiled.sum();
	}

	/**
	 * Returns the number of operations that graphql-java's own strategy has executed.
	 * @param reason the reason of the fallback
	 * @return the number since the start
	 */
	public long fallbacks(FallbackReason reason) {
		return adder(reason).sum();
	}

}
