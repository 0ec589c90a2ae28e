package dev.kennel.graphql.cost;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The cost of an operation, as a function of its variables: the maximum number of objects
 * that it returns. It is compiled once, and cached with the document.
 */
public final class OperationCost {

	/** The maximum cost, at which sums saturate. */
	public static final int SATURATED = Integer.MAX_VALUE;

	/**
	 * The estimated memory of a node with its lists, condition and quantity, rather too
	 * high.
	 */
	private static final int BYTES_PER_NODE = 200;

	private final List<Node> roots;

	OperationCost(List<Node> roots) {
		this.roots = roots;
	}

	/**
	 * Returns the maximum number of objects that the operation returns.
	 * @param variables the raw variables
	 * @return the number, 2,147,483,647 at most
	 */
	public int of(Map<String, ? extends @Nullable Object> variables) {
		return (int) sum(this.roots, variables, 1);
	}

	/**
	 * Returns the memory that the cost occupies.
	 * @return the estimated bytes
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
	 * @param condition the condition under which it is included
	 * @param quantity the maximum number of objects that it returns per parent
	 * @param free whether these objects have been counted already
	 * @param extras the number of filters within its filter, and of the deliveries of a
	 * connection, for each parent
	 * @param children the fields of these objects, by their possible types, of which the
	 * most expensive counts
	 */
	record Node(Condition condition, Quantity quantity, boolean free, Quantity extras, List<List<Node>> children) {

		long cost(Map<String, ? extends @Nullable Object> variables, long parents) {
			if (!this.condition.isMet(variables)) {
				return 0;
			}
			// Both factors have 31 bits.
			long objects = Math.min(SATURATED, parents * this.quantity.of(variables));
			long ofExtras = parents * this.extras.of(variables);
			if (objects == 0) {
				return Math.min(SATURATED, ofExtras);
			}
			long maxChildren = 0;
			for (int i = 0; i < this.children.size(); i++) {
				maxChildren = Math.max(maxChildren, sum(this.children.get(i), variables, objects));
			}
			return Math.min(SATURATED, (this.free ? 0 : objects) + ofExtras + maxChildren);
		}

	}

	/** The condition of directives under which a field is included. */
	@FunctionalInterface
	interface Condition {

		/** The field is always included. */
		Condition ALWAYS = (variables) -> true;

		/** The field is never included. */
		Condition NEVER = (variables) -> false;

		boolean isMet(Map<String, ? extends @Nullable Object> variables);

		/** Returns the condition that both are met. */
		default Condition and(Condition other) {
			if (equals(ALWAYS) || other.equals(NEVER)) {
				return other;
			}
			if (other.equals(ALWAYS) || equals(NEVER)) {
				return this;
			}
			return (variables) -> isMet(variables) && other.isMet(variables);
		}

		/** Returns the condition that at least one is met. */
		static Condition anyOf(List<Condition> conditions) {
			if (conditions.size() == 1) {
				return conditions.getFirst();
			}
			if (conditions.contains(ALWAYS)) {
				return ALWAYS;
			}
			List<Condition> all = List.copyOf(conditions);
			return (variables) -> {
				for (Condition condition : all) {
					if (condition.isMet(variables)) {
						return true;
					}
				}
				return false;
			};
		}

	}

	/** A number per parent. */
	@FunctionalInterface
	interface Quantity {

		/** Nothing. */
		Quantity ZERO = (variables) -> 0;

		/** A single object. */
		Quantity ONE = (variables) -> 1;

		int of(Map<String, ? extends @Nullable Object> variables);

	}

}
