package dev.kennel.engine;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;

import dev.kennel.engine.plan.FieldPlan;
import dev.kennel.engine.plan.ObjectPlan;
import org.jspecify.annotations.Nullable;

/**
 * An object in the result: an array of field values in the order of the plan. It is a
 * read-only map, and serializes to JSON without one.
 */
public class ResponseObject extends AbstractMap<String, @Nullable Object> {

	/** The list index of an object that is not in a list. */
	static final int NO_INDEX = -1;

	private static final int[] NO_INDEXES = {};

	private final ObjectPlan plan;

	private final @Nullable Object source;

	private final @Nullable Object localContext;

	private final @Nullable ResponseObject parent;

	private final @Nullable FieldPlan field;

	/** The indexes in the lists that enclose the innermost one. */
	private final int @Nullable [] outer;

	private final int index;

	private final @Nullable Object[] cells;

	ResponseObject(ObjectPlan plan, @Nullable Object source, @Nullable Object localContext,
			@Nullable ResponseObject parent, @Nullable FieldPlan field, int @Nullable [] outer, int index) {
		this.plan = plan;
		this.source = source;
		this.localContext = localContext;
		this.parent = parent;
		this.field = field;
		this.outer = outer;
		this.index = index;
		this.cells = new Object[plan.fields().length];
	}

	/** Creates an object at the place of another one, with fields of its own. */
	ResponseObject(ObjectPlan plan, ResponseObject place) {
		this(plan, place.source, place.localContext, place.parent, place.field, place.outer, place.index);
	}

	ObjectPlan plan() {
		return this.plan;
	}

	@Nullable Object source() {
		return this.source;
	}

	@Nullable Object localContext() {
		return this.localContext;
	}

	@Nullable ResponseObject parent() {
		return this.parent;
	}

	/** Returns the field that the object is a value of, which the root lacks. */
	FieldPlan field() {
		if (this.field == null) {
			throw new IllegalStateException("No field leads to the root");
		}
		return this.field;
	}

	/** Returns the indexes in the lists around the object, from the outermost. */
	int[] indexes() {
		if (this.index == NO_INDEX) {
			return NO_INDEXES;
		}
		int[] lists = (this.outer != null) ? this.outer : NO_INDEXES;
		int[] all = Arrays.copyOf(lists, lists.length + 1);
		all[lists.length] = this.index;
		return all;
	}

	void set(int slot, @Nullable Object value) {
		this.cells[slot] = value;
	}

	@Nullable Object cell(int slot) {
		return this.cells[slot];
	}

	/**
	 * Returns whether an object is still a value, or an item, of its field in this one.
	 */
	@SuppressWarnings("ReferenceEquality") // An equal object may be another one.
	boolean holds(ResponseObject object) {
		Object value = this.cells[object.field().slot()];
		for (int position : object.indexes()) {
			value = (value instanceof ResponseList list) ? list.get(position) : null;
		}
		return value == object;
	}

	void writeTo(JsonBuffer json) {
		FieldPlan[] fields = this.plan.fields();
		if (fields.length == 0) {
			json.structural('{');
		}
		for (int slot = 0; slot < fields.length; slot++) {
			json.raw(fields[slot].jsonName());
			json.value(this.cells[slot]);
		}
		json.structural('}');
	}

	/** Returns the value of a cell as users of the map see it. */
	static @Nullable Object toPublicValue(@Nullable Object cell) {
		return (cell instanceof AsciiText text) ? text.toString() : cell;
	}

	@Override
	public int size() {
		return this.cells.length;
	}

	@Override
	public boolean containsKey(@Nullable Object key) {
		return this.plan.find(key) != null;
	}

	@Override
	public @Nullable Object get(@Nullable Object key) {
		FieldPlan fieldPlan = this.plan.find(key);
		return (fieldPlan != null) ? toPublicValue(this.cells[fieldPlan.slot()]) : null;
	}

	@Override
	public Set<Entry<String, @Nullable Object>> entrySet() {
		return new Entries();
	}

	private final class Entries extends AbstractSet<Entry<String, @Nullable Object>> {

		@Override
		public int size() {
			return ResponseObject.this.cells.length;
		}

		@Override
		public Iterator<Entry<String, @Nullable Object>> iterator() {
			return new Iterator<>() {

				private int next;

				@Override
				public boolean hasNext() {
					return this.next < size();
				}

				@Override
				public Entry<String, @Nullable Object> next() {
					if (!hasNext()) {
						throw new NoSuchElementException();
					}
					int slot = this.next++;
					return new SimpleImmutableEntry<>(ResponseObject.this.plan.fields()[slot].key(),
							toPublicValue(ResponseObject.this.cells[slot]));
				}

			};
		}

	}

}
