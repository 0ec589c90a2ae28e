package dev.kennel.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.kennel.engine.plan.FieldPlan;
import graphql.GraphQLError;
import graphql.execution.ResultPath;
import org.jspecify.annotations.Nullable;

/**
 * The errors of an execution, in the order of the response, and not of their occurrence.
 */
final class ResponseErrors {

	private final List<PositionedError> errors = new ArrayList<>();

	/** The paths that have an error: a null there adds no other. */
	private final Set<List<Object>> paths = new HashSet<>();

	/** Adds the error of a value, at indexes if it is in a list. */
	void add(FieldPlan field, ResponseObject parent, int[] indexes, GraphQLError error) {
		List<Object> path = error.getPath();
		if (path != null) {
			this.paths.add(List.copyOf(path));
		}
		this.errors.add(new PositionedError(position(field, parent, indexes), error, ExecutionGroup.of(parent)));
	}

	boolean contains(ResultPath path) {
		return this.paths.contains(path.toList());
	}

	/** Removes and returns all errors. */
	List<GraphQLError> take() {
		if (this.errors.isEmpty()) {
			return List.of();
		}
		sort();
		List<GraphQLError> sorted = this.errors.stream().map(PositionedError::error).toList();
		clear();
		return sorted;
	}

	/** Moves the errors to the parts of the response that they are delivered with. */
	void moveToParts() {
		sort();
		for (PositionedError error : this.errors) {
			if (error.part != null) {
				error.part.errors().add(error.error);
			}
		}
		clear();
	}

	private void clear() {
		this.errors.clear();
		this.paths.clear();
	}

	private void sort() {
		this.errors.sort((one, other) -> Arrays.compare(one.position, other.position));
	}

	/** The position of a value in the response, as slots and list indexes. */
	private static int[] position(FieldPlan field, ResponseObject parent, int[] indexes) {
		int[] own = new int[indexes.length + 1];
		own[0] = field.slot();
		System.arraycopy(indexes, 0, own, 1, indexes.length);
		if (parent.parent() == null) {
			return own;
		}
		int[] above = position(parent.field(), parent.parent(), parent.indexes());
		int[] position = Arrays.copyOf(above, above.length + own.length);
		System.arraycopy(own, 0, position, above.length, own.length);
		return position;
	}

	/** An error with its position, in the initial result or in a part that follows it. */
	private static final class PositionedError {

		private final int[] position;

		private final GraphQLError error;

		/** The deferred fragment or stream, or null in the initial result. */
		private final @Nullable ExecutionGroup part;

		PositionedError(int[] position, GraphQLError error, @Nullable ExecutionGroup part) {
			this.position = position;
			this.error = error;
			this.part = part;
		}

		GraphQLError error() {
			return this.error;
		}

	}

}
