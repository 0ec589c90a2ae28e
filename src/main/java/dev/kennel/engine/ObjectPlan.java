package dev.kennel.engine;

import java.util.Arrays;
import java.util.List;

import graphql.execution.MergedSelectionSet;
import graphql.schema.GraphQLObjectType;
import org.jspecify.annotations.Nullable;

/**
 * The merged selection set of one object type at one position of an operation, in the
 * order of the response.
 */
final class ObjectPlan {

	private final GraphQLObjectType type;

	private final FieldPlan[] fields;

	private final boolean mayBlock;

	ObjectPlan(OperationPlan operation, GraphQLObjectType type, MergedSelectionSet selection, int level) {
		this.type = type;
		List<String> keys = selection.getKeys();
		this.fields = new FieldPlan[keys.size()];
		for (int slot = 0; slot < this.fields.length; slot++) {
			this.fields[slot] = new FieldPlan(operation, type, selection.getSubField(keys.get(slot)), slot, level);
		}
		this.mayBlock = Arrays.stream(this.fields).anyMatch(FieldPlan::mayBlock);
	}

	GraphQLObjectType type() {
		return this.type;
	}

	FieldPlan[] fields() {
		return this.fields;
	}

	/** Returns the size of the fields in memory, without nested plans. */
	long bytes() {
		long bytes = 0;
		for (FieldPlan field : this.fields) {
			bytes += field.bytes();
		}
		return bytes;
	}

	/** Returns whether a field may block the calling thread. */
	boolean mayBlock() {
		return this.mayBlock;
	}

	@Nullable FieldPlan find(@Nullable Object responseKey) {
		for (FieldPlan field : this.fields) {
			if (field.key().equals(responseKey)) {
				return field;
			}
		}
		return null;
	}

}
