package dev.kennel.owner;

import dev.kennel.paging.Order;
import dev.kennel.paging.OrderDirection;
import org.jspecify.annotations.Nullable;

/**
 * An order of owners.
 *
 * @param field what is compared
 * @param direction which way
 */
record OwnerOrder(OwnerOrderField field, OrderDirection direction) {

	private static final Order DEFAULT = new Order(OwnerOrderField.CREATED_AT, OrderDirection.ASC);

	static Order toOrder(@Nullable OwnerOrder order) {
		return (order != null) ? new Order(order.field(), order.direction()) : DEFAULT;
	}

}
