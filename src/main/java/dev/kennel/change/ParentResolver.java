package dev.kennel.change;

import dev.kennel.identity.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * Tells what objects of the feed belong to. The feed does not know them: whoever keeps
 * such objects implements it.
 */
@FunctionalInterface
public interface ParentResolver {

	/**
	 * Answers what an object belongs to, and is removed with.
	 * @param node an object of any kind
	 * @return the id of what it can't be without, or null if there is no such thing
	 */
	@Nullable NodeId ownerOf(Object node);

}
