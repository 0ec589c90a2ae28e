package dev.kennel.graphql.limit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The exact measures of texts. */
class DocumentTextTests {

	private static final List<String> LIMITS = List.of("max-aliases", "max-directives", "max-depth", "max-nesting",
			"max-tokens");

	/** Returns a measure: only its limit is set, and any value exceeds it. */
	private static long count(String limit, String text) {
		Map<String, Object> settings = new HashMap<>();
		LIMITS.forEach((name) -> settings.put("kennel.graphql.limits." + name, Integer.MAX_VALUE));
		settings.put("kennel.graphql.limits." + limit, -1);
		LimitProperties limits = new Binder(new MapConfigurationPropertySource(settings))
			.bind("kennel.graphql.limits", LimitProperties.class)
			.get();
		try {
			DocumentText.check(text, limits);
			return -1;
		}
		catch (ApiException ex) {
			assertThat(ex.extensions()).containsEntry("limit", limit).containsEntry("max", -1L);
			return (Long) ex.extensions().getOrDefault("value", -2L);
		}
	}

	private static String text(String written) {
		return written.replace("↵", "\n")
			.replace("␍", "\r")
			.replace("␉", "\t")
			.replace("BOM", "\ufeff")
			.replace('´', '"');
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "`` | 0", "{ a } | 3", "{a,b,,c} | 5", "BOM{a}BOM | 3", "{␉a␍↵b } | 4", "{ a# b c {↵d } | 4",
					"{ a#b␍c } | 4", "{ a # b | 2", "{ a_1 _b Z z A Y y9 } | 9", "{ a(b: 1) } | 8",
					"{ a(b: -12.5e+3) } | 8", "{ a(b: 0.9E-1 c: 9) } | 11", "{ a(b: 1x.5) } | 8",
					"{ a(b: [1-2, 0e+1, 3]) } | 13", "{ za aZ Zz A_Z z0 a9_ } | 8", "{ a(b: 95, c: 0.5, d: -1) } | 14",
					"{ a(b: 12 | 6", "{ ab | 2", "{ ...a ... on B { c } } | 10", "{ a .. b } | 6",
					"{ a(b: ´c { d ( e´) f } | 9", "{ a(b: ´c \\´ d´) } | 8", "{ a(b: ´c \\\\´) } | 8", "´a↵b | 2",
					"´a␍b | 2", "´a | 1", "´a\\ | 1", "´ | 1", "´´ b | 2", "´´´a ´b´ ↵ c´´´ d | 2", "´´´´´´ b | 2",
					"´´´a \\´´´ b´´´ c | 2", "´´´a b c | 1", "´´´a \\´´´ b | 1", "[a @b:c] | 7", "{ ä ? } | 4" })
	void tokensAreCounted(String written, int expected) {
		assertThat(count("max-tokens", text(written))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{ a } | 0", "{ x: a y: b { z: c } } | 3",
			// Arguments and variables are no aliases.
			"query ($a: Int) { b(c: 1, d: { e: 2 }) } | 0", "{ b(c: (d: 1) e: 1) f: g } | 1",
			// A parenthesis that closes nothing opens nothing either.
			"{ ) x: a(b: 1) y: c } | 2",
			// Of several definitions, the maximum counts.
			"{ x: a y: b } { z: c } | 2", "{ z: c } { x: a y: b } | 2",
			"{ x: a } { y: b } fragment F on G { z: c } | 1",
			// The last may be unfinished.
			"{ z: c } { x: a y: b | 2", "´x: y: z:´ { a: b } # c: d: e: | 1" })
	void aliasesAreTheMaximumOfTheDefinitions(String written, int expected) {
		assertThat(count("max-aliases", text(written))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{ a } | 0", "{ a @b @c(d: 1) } | 2",
			"query ($a: Int @b) @c { d @e } | 3", "{ a @b } { c @d @e } | 2", "{ c @d @e } { a @b } | 2" })
	void directivesAreTheMaximumOfTheDefinitions(String written, int expected) {
		assertThat(count("max-directives", text(written))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "a | 0", "{ a } | 1", "{ a(b: [{ c: [1] }]) } | 5", "{ a } { b { c } } | 2",
					"{ b { c } } { a } | 2", "} { a } | 1", "] ) { a { b } } | 2", "{ a(b: [1]) c(d: [[1]]) } | 4",
					"{ ... { ... { a } } } | 3" })
	void nestingCountsAllOpenBrackets(String written, int expected) {
		assertThat(count("max-nesting", text(written))).isEqualTo(expected);
	}

	/** A depth of twenty is not checked, since a standard introspection query has it. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "a | 21", "a { b } | 22", "a { b } c { d { e } } | 23",
			// Inline fragments add no depth, with anything between their dots and braces.
			"... { a } | 21", "... on A { b } | 21", "...on A { b { c } } | 22", "... @a { b } | 21",
			"... on A @a(b: { c: 1 }) { d } | 21", "... @a(b: ´on´) @c { d } | 21",
			"... on A { ... { b } c { d } } | 22", "... on A { b } c { d } | 22", "... { b { c } } d { e } | 22",
			"... { b { c } } d { e { f } } | 23",
			// A spread of a fragment is no inline fragment.
			"...A b { c } | 22", "...on1 b { c } | 22", "...no b { c } | 22", "... on A ...B b { c } | 22",
			// Braces in parentheses are those of values.
			"a(b: { c: { d: 1 } }) | 21", "a(b: { c: 1 }) { d } | 22" })
	void depthDoesNotCountInlineFragments(String written, int expected) {
		String text = "{ a ".repeat(20) + "{ " + text(written) + " }" + " }".repeat(20);

		assertThat(count("max-depth", text)).isEqualTo(expected);
		// One less is not checked if the depth is twenty.
		assertThat(count("max-depth", text.substring(4))).isEqualTo((expected == 21) ? -1 : expected - 1);
	}

	@Test
	void unbalancedClosingBracesDoNotChangeTheDepth() {
		String deep = "{ a ".repeat(21) + " }".repeat(21);

		assertThat(count("max-depth", "} } } " + deep)).isEqualTo(21);
		assertThat(count("max-depth", deep + " } } } " + deep + deep)).isEqualTo(21);
	}

	@Test
	void textAtItsLimitsIsAccepted() {
		String text = "{ x: a @b { c } }";
		LimitProperties limits = new Binder(new MapConfigurationPropertySource(
				Map.of("kennel.graphql.limits.max-aliases", 1, "kennel.graphql.limits.max-directives", 1,
						"kennel.graphql.limits.max-nesting", 2, "kennel.graphql.limits.max-tokens", 10)))
			.bind("kennel.graphql.limits", LimitProperties.class)
			.get();

		DocumentText.check(text, limits);
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> DocumentText.check(text + " ...", limits))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("limit", "max-tokens")
				.containsEntry("value", 11L)
				.containsEntry("max", 10L));
	}

}
