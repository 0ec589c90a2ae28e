package dev.kennel.paging;

/**
 * A total order of a list: the field, then the id, both in one direction.
 *
 * @param field what is compared first
 * @param direction which way
 */
public record Order(OrderField field, OrderDirection direction) {

	boolean descending() {
		return this.direction == OrderDirection.DESC;
	}

}
