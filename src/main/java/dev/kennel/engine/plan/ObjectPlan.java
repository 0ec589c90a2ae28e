package dev.kennel.engine.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kennel.engine.plan.DeferredFieldCollector.SelectedField;
import graphql.execution.MergedSelectionSet;
import graphql.schema.GraphQLObjectType;
import org.jspecify.annotations.Nullable;

/**
 * The merged selection set of one object type at one position of an operation, in the
 * order of the response.
 */
public final class ObjectPlan {

	private final GraphQLObjectType type;

	private final FieldPlan[] fields;

	private final boolean mayBlock;

	/** The deferred fragments that begin at the object. */
	private final List<DeferUsage> usages;

	private final List<Deferred> deferred;

	ObjectPlan(OperationPlan operation, GraphQLObjectType type, MergedSelectionSet selection, int level) {
		this.type = type;
		this.usages = List.of();
		this.deferred = List.of();
		List<String> keys = selection.getKeys();
		this.fields = new FieldPlan[keys.size()];
		for (int slot = 0; slot < this.fields.length; slot++) {
			this.fields[slot] = new FieldPlan(operation, type, selection.getSubField(keys.get(slot)), slot, level);
		}
		this.mayBlock = Arrays.stream(this.fields).anyMatch(FieldPlan::mayBlock);
	}

	/**
	 * Creates the plan of an operation with deferred fragments.
	 * @param selection the fields by response key
	 * @param group the deferred fragments whose fields these are
	 * @param usages the deferred fragments that begin at the object
	 * @param deferred the fields that are delivered later
	 */
	ObjectPlan(OperationPlan operation, GraphQLObjectType type, Map<String, List<SelectedField>> selection, int level,
			Set<DeferUsage> group, List<DeferUsage> usages, List<Deferred> deferred) {
		this.type = type;
		this.usages = usages;
		this.deferred = deferred;
		this.fields = new FieldPlan[selection.size()];
		int slot = 0;
		for (List<SelectedField> merged : selection.values()) {
			this.fields[slot] = new FieldPlan(operation, type, merged, group, slot, level);
			slot++;
		}
		this.mayBlock = Arrays.stream(this.fields).anyMatch(FieldPlan::mayBlock);
	}

	/**
	 * Fields of the object that are delivered later.
	 *
	 * @param usages the deferred fragments that have the fields in common
	 * @param plan the fields
	 */
	public record Deferred(Set<DeferUsage> usages, ObjectPlan plan) {
	}

	/** Returns the deferred fragments that begin here, the outer before the inner. */
	public List<DeferUsage> usages() {
		return this.usages;
	}

	/** Returns the fields that deferred fragments deliver. */
	public List<Deferred> deferred() {
		return this.deferred;
	}

	/** Returns whether the object begins deferred fragments, or has fields of some. */
	public boolean defers() {
		return !this.usages.isEmpty() || !this.deferred.isEmpty();
	}

	/** Returns the object type. */
	public GraphQLObjectType type() {
		return this.type;
	}

	/** Returns the fields of the response, by their slots. */
	public FieldPlan[] fields() {
		return this.fields;
	}

	/** Returns the size of the fields in memory, without nested plans. */
	long bytes() {
		long bytes = 0;
		for (FieldPlan field : this.fields) {
			bytes += field.bytes();
		}
		for (Deferred later : this.deferred) {
			bytes += later.plan.bytes();
		}
		return bytes;
	}

	/** Returns whether a field may block the calling thread. */
	public boolean mayBlock() {
		return this.mayBlock;
	}

	/** Returns the field with a response name, or null. */
	public @Nullable FieldPlan find(@Nullable Object responseKey) {
		for (FieldPlan field : this.fields) {
			if (field.key().equals(responseKey)) {
				return field;
			}
		}
		return null;
	}

}
