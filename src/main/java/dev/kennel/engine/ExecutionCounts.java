package dev.kennel.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what becomes of operations. */
public final class ExecutionCounts {

	private final LongAdder found = new LongAdder();

	private final LongAdder compiled = new LongAdder();

	private final Map<FallbackReason, LongAdder> handovers = new EnumMap<>(FallbackReason.class);

	/** Creates counts of zero. */
	public ExecutionCounts() {
		for (FallbackReason reason : FallbackReason.values()) {
			this.handovers.put(reason, new LongAdder());
		}
	}

	void planFound() {
		this.found.increment();
	}

	void planCompiled() {
		this.compiled.increment();
	}

	void handedOver(FallbackReason reason) {
		adder(reason).increment();
	}

	private LongAdder adder(FallbackReason reason) {
		LongAdder adder = this.handovers.get(reason);
		if (adder == null) {
			throw new IllegalStateException("Not counted: " + reason);
		}
		return adder;
	}

	/**
	 * Answers how often an operation's plan was there already.
	 * @return the number of operations since the start
	 */
	public long plansFound() {
		return this.found.sum();
	}

	/**
	 * Answers how often an operation was compiled.
	 * @return the number of operations since the start
	 */
	public long plansCompiled() {
		return this.compiled.sum();
	}

	/**
	 * Answers how often graphql-java's own strategy has run an operation.
	 * @param reason why it has
	 * @return the number of operations since the start
	 */
	public long handovers(FallbackReason reason) {
		return adder(reason).sum();
	}

}
