package dev.kennel.paging;

/**
 * A total order of a list: by the field, then by the id, in the same direction.
 *
 * @param field the field to sort by
 * @param direction the direction
 */
public record Order(OrderField field, OrderDirection direction) {

	boolean descending() {
		return this.direction == OrderDirection.DESC;
	}

}
