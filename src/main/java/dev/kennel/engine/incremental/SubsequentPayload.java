package dev.kennel.engine.incremental;

import java.util.List;

import graphql.GraphQLError;
import org.jspecify.annotations.Nullable;

/**
 * A payload that follows the initial result of an operation.
 *
 * @param pending the deliveries that the payload announces
 * @param increments the data of deliveries
 * @param completed the deliveries that end with the payload
 * @param hasNext whether further payloads follow
 */
public record SubsequentPayload(List<Pending> pending, List<Increment> increments, List<Completed> completed,
		boolean hasNext) {

	/**
	 * A deferred fragment at a path, or a streamed list, whose delivery is announced.
	 *
	 * @param id its id in the response
	 * @param path the response path of the fragment's object, or of the list
	 * @param label the label that the document gives it, or null
	 */
	public record Pending(String id, List<Object> path, @Nullable String label) {
	}

	/**
	 * Data of a delivery.
	 *
	 * @param delivery the delivery
	 * @param subPath the path of the data below the delivery's
	 * @param value the fields of an object, or the items of a list
	 * @param isItems whether the value is items of a list
	 * @param index the index of the first item in the list, or 0
	 * @param errors the errors in the value
	 */
	public record Increment(Pending delivery, List<Object> subPath, Object value, boolean isItems, int index,
			List<GraphQLError> errors) {
	}

	/**
	 * The end of a delivery.
	 *
	 * @param delivery the delivery
	 * @param isStreamedList whether it is a streamed list
	 * @param index the index of the item after the last that was delivered, or 0
	 * @param errors the errors because of which data of the delivery are missing, or none
	 */
	public record Completed(Pending delivery, boolean isStreamedList, int index, List<GraphQLError> errors) {
	}

}
