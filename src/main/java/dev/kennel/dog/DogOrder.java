package dev.kennel.dog;

import dev.kennel.paging.order.Order;
import dev.kennel.paging.order.OrderDirection;
import org.jspecify.annotations.Nullable;

/**
 * The {@code orderBy} of lists of dogs.
 *
 * @param field the field to sort by
 * @param direction the direction
 */
record DogOrder(DogOrderField field, OrderDirection direction) {

	private static final Order DEFAULT = new Order(DogOrderField.CREATED_AT, OrderDirection.ASC);

	static Order toOrder(@Nullable DogOrder order) {
		return (order != null) ? new Order(order.field(), order.direction()) : DEFAULT;
	}

}
