package dev.kennel.paging.order;

/**
 * A total order of a list: by the field, then by the id, in the same direction.
 *
 * @param field the field to sort by
 * @param direction the direction
 */
public record Order(OrderField field, OrderDirection direction) {

	/** Returns whether the last element comes first. */
	public boolean descending() {
		return this.direction == OrderDirection.DESC;
	}

}
