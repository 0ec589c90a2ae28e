package dev.kennel.owner;

import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.OrderDirection;
import org.jspecify.annotations.Nullable;

/**
 * The {@code orderBy} of lists of owners.
 *
 * @param field the field to sort by
 * @param direction the direction
 */
record OwnerOrder(OwnerOrderField field, OrderDirection direction) {

	private static final Order DEFAULT = new Order(OwnerOrderField.CREATED_AT, OrderDirection.ASC);

	static Order toOrder(@Nullable OwnerOrder order) {
		return (order != null) ? new Order(order.field(), order.direction()) : DEFAULT;
	}

}
