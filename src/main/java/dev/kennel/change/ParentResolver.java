package dev.kennel.change;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the parents of nodes in the feed. The feed does not depend on the types of
 * nodes: the package of the child type implements it.
 */
@FunctionalInterface
public interface ParentResolver {

	/**
	 * Returns the parent of a node: the node that it is deleted with.
	 * @param node a node of any kind
	 * @return the id of the parent, or null if the node has none
	 */
	@Nullable NodeId parentOf(Object node);

}
