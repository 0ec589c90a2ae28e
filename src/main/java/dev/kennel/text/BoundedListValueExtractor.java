package dev.kennel.text;

import java.util.List;

import jakarta.validation.valueextraction.ExtractedValue;
import jakarta.validation.valueextraction.ValueExtractor;

/**
 * Extracts the elements of a list for validation, unless the list is longer than any
 * input list may be: then only the violation of its length is reported, and its elements
 * cost nothing.
 *
 * <p>
 * Every input list must therefore be constrained to at most {@value #MAX} elements, which
 * a test verifies for the whole schema.
 */
public class BoundedListValueExtractor implements ValueExtractor<List<@ExtractedValue ?>> {

	/** The maximum length of any input list. */
	public static final int MAX = 200;

	@Override
	public void extractValues(List<?> list, ValueReceiver receiver) {
		if (list.size() > MAX) {
			return;
		}
		for (int i = 0; i < list.size(); i++) {
			// Hibernate Validator collects violations in a hash set, and hashes only the
			// last node of a path, without its index: with the same node name, the
			// violations of equal elements would collide.
			receiver.indexedValue(Integer.toString(i), i, list.get(i));
		}
	}

}
