package dev.kennel.engine;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.RandomAccess;

import org.jspecify.annotations.Nullable;

/** A list in the result, which is read-only for its users. */
final class ResponseList extends AbstractList<@Nullable Object> implements RandomAccess {

	private final @Nullable Object[] items;

	ResponseList(@Nullable Object[] items) {
		this.items = items;
	}

	@Override
	public @Nullable Object get(int index) {
		return ResponseObject.toPublicValue(this.items[index]);
	}

	@Override
	public int size() {
		return this.items.length;
	}

	/** Returns the items of a range as a list of their own. */
	ResponseList slice(int from, int to) {
		return new ResponseList(Arrays.copyOfRange(this.items, from, to));
	}

	void nullify(int index) {
		this.items[index] = null;
	}

	void writeTo(JsonBuffer json) {
		json.structural('[');
		for (int index = 0; index < this.items.length; index++) {
			if (index > 0) {
				json.structural(',');
			}
			json.value(this.items[index]);
		}
		json.structural(']');
	}

}
