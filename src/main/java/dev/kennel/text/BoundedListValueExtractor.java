package dev.kennel.text;

import java.util.List;

import jakarta.validation.valueextraction.ExtractedValue;
import jakarta.validation.valueextraction.ValueExtractor;

/**
 * Hands the elements of a list over to be validated, unless there are more than any list
 * of an input may have: then its length is all that is told of it, and its elements cost
 * nothing.
 *
 * <p>
 * So every list of an input has to be constrained to {@value #MAX} elements or fewer. A
 * test goes through the schema and holds it.
 */
public class BoundedListValueExtractor implements ValueExtractor<List<@ExtractedValue ?>> {

	/** The most elements that any list of an input may have. */
	public static final int MAX = 200;

	@Override
	public void extractValues(List<?> list, ValueReceiver receiver) {
		if (list.size() > MAX) {
			return;
		}
		for (int i = 0; i < list.size(); i++) {
			// Hibernate Validator collects violations in a hash set, and of their paths
			// it hashes the last node alone, without its index: with one name for all,
			// those of equal elements would collide.
			receiver.indexedValue(Integer.toString(i), i, list.get(i));
		}
	}

}
