package dev.kennel.dog;

import dev.kennel.paging.Order;
import dev.kennel.paging.OrderDirection;
import org.jspecify.annotations.Nullable;

/**
 * An order of dogs.
 *
 * @param field what is compared
 * @param direction which way
 */
record DogOrder(DogOrderField field, OrderDirection direction) {

	private static final Order DEFAULT = new Order(DogOrderField.CREATED_AT, OrderDirection.ASC);

	static Order toOrder(@Nullable DogOrder order) {
		return (order != null) ? new Order(order.field(), order.direction()) : DEFAULT;
	}

}
