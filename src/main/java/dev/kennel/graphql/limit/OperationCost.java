package dev.kennel.graphql.limit;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The cost of an operation, for whatever variables: the objects that it can return. It is
 * made once, and kept with the document.
 */
public final class OperationCost {

	/** What is too much is no larger than that. */
	static final int SATURATED = Integer.MAX_VALUE;

	/** A node with its lists, its condition and its quantity: rather too much. */
	private static final int BYTES_PER_NODE = 200;

	private final List<Node> roots;

	OperationCost(List<Node> roots) {
		this.roots = roots;
	}

	/**
	 * Answers how many objects the operation can return.
	 * @param variables the variables as they were sent
	 * @return the number, 2,147,483,647 at most
	 */
	public int of(Map<String, ? extends @Nullable Object> variables) {
		return (int) sum(this.roots, variables, 1);
	}

	/**
	 * Returns the memory that it takes.
	 * @return the bytes, as far as that can be told
	 */
	public long bytes() {
		return (long) count(this.roots) * BYTES_PER_NODE;
	}

	private static int count(List<Node> nodes) {
		int count = nodes.size();
		for (Node node : nodes) {
			for (List<Node> children : node.children()) {
				count += count(children);
			}
		}
		return count;
	}

	private static long sum(List<Node> nodes, Map<String, ? extends @Nullable Object> variables, long parents) {
		long sum = 0;
		for (int i = 0; i < nodes.size(); i++) {
			sum = Math.min(SATURATED, sum + nodes.get(i).cost(variables, parents));
		}
		return sum;
	}

	/**
	 * A field.
	 *
	 * @param condition when it is asked for at all
	 * @param quantity how many objects it can return for each parent
	 * @param free whether these have been counted already
	 * @param children the fields of these objects, by the types that they can be: of
	 * which the dearest counts
	 */
	record Node(Condition condition, Quantity quantity, boolean free, List<List<Node>> children) {

		long cost(Map<String, ? extends @Nullable Object> variables, long parents) {
			if (!this.condition.isMet(variables)) {
				return 0;
			}
			// Both are 31 bits.
			long objects = Math.min(SATURATED, parents * this.quantity.of(variables));
			if (objects == 0) {
				return 0;
			}
			long dearest = 0;
			for (int i = 0; i < this.children.size(); i++) {
				dearest = Math.max(dearest, sum(this.children.get(i), variables, objects));
			}
			return Math.min(SATURATED, (this.free ? 0 : objects) + dearest);
		}

	}

	/** Whether directives let a field be asked for. */
	@FunctionalInterface
	interface Condition {

		/** The field is always asked for. */
		Condition ALWAYS = (variables) -> true;

		/** The field is asked for under no circumstances. */
		Condition NEVER = (variables) -> false;

		boolean isMet(Map<String, ? extends @Nullable Object> variables);

	}

	/** How many objects a field can return for each parent. */
	@FunctionalInterface
	interface Quantity {

		/** A single object. */
		Quantity ONE = (variables) -> 1;

		int of(Map<String, ? extends @Nullable Object> variables);

	}

}
