package dev.kennel.test;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A short query with a huge number of selections. */
public final class ExponentialFragments {

	private ExponentialFragments() {
	}

	/**
	 * Returns a query with a chain of fragments, each of which spreads the next one
	 * twice.
	 * @param levels the length of the chain
	 * @param selection what the last fragment selects
	 * @return the query, in which {@code selection} is contained two to the power of
	 * {@code levels} times
	 */
	public static String document(int levels, String selection) {
		return "{ ...F0 } " + IntStream.range(0, levels)
			.mapToObj((i) -> "fragment F" + i + " on Query { ...F" + (i + 1) + " ...F" + (i + 1) + " }")
			.collect(Collectors.joining(" ")) + " fragment F" + levels + " on Query { " + selection + " }";
	}

}
