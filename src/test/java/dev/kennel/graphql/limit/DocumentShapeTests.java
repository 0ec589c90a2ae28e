package dev.kennel.graphql.limit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.kennel.error.ApiException;
import dev.kennel.test.ExponentialFragments;
import graphql.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The exact measures of documents. */
class DocumentShapeTests {

	private static final List<String> LIMITS = List.of("max-depth", "max-nesting", "max-aliases", "max-root-fields",
			"max-directives", "max-fields", "max-list-size");

	private static void check(String limit, int max, String text, boolean introspection) {
		Map<String, Object> settings = new HashMap<>();
		LIMITS.forEach((name) -> settings.put("kennel.graphql.limits." + name, 1_000_000));
		settings.put("kennel.graphql.limits." + limit, max);
		DocumentShape.check(new Parser().parseDocument(text),
				new Binder(new MapConfigurationPropertySource(settings))
					.bind("kennel.graphql.limits", LimitProperties.class)
					.get(),
				introspection);
	}

	/** Returns the least limit with which the document is accepted. */
	private static int leastLimit(String limit, String text) {
		int max = 0;
		while (!isAccepted(limit, max, text)) {
			max++;
		}
		return max;
	}

	private static boolean isAccepted(String limit, int max, String text) {
		try {
			check(limit, max, text, true);
			return true;
		}
		catch (ApiException ex) {
			assertThat(ex.extensions()).containsEntry("limit", limit).containsEntry("max", (long) max);
			return false;
		}
	}

	private static void assertInvalid(String text, boolean introspection, String message) {
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> check("max-depth", 100, text, introspection))
			.withMessage(message)
			.satisfies((ex) -> assertThat(ex.code().name()).isEqualTo("GRAPHQL_VALIDATION_FAILED"));
	}

	@Test
	void exponentialFragmentsAreMeasuredInBoundedTime() {
		String bomb = ExponentialFragments.document(40, "me { id }");

		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(
					() -> DocumentShape.check(new Parser().parseDocument(bomb), LimitEnforcerFixture.limits(), true))
			.withMessage(
					"The operation has more than 2000 fields; the limit is 2000 (kennel.graphql.limits.max-fields).")
			.satisfies((failure) -> assertThat(failure.extensions()).containsEntry("limit", "max-fields")
				.containsEntry("value", (long) Integer.MAX_VALUE)
				.containsEntry("max", 2000L));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			// depth | nesting | aliases | root fields | directives | fields
			"{ a } | 1 | 2 | 0 | 1 | 0 | 1", "{ a { b } c: d } | 2 | 3 | 1 | 2 | 0 | 3",
			"{ a { b { x: c } } d { e } } | 3 | 4 | 1 | 2 | 0 | 5",
			"query ($a: Int @b @c) @d { e @f @g } | 1 | 2 | 0 | 1 | 5 | 1",
			"{ ... @a { b c @d } } | 1 | 3 | 0 | 2 | 2 | 2",
			// A fragment adds nesting as its spread does.
			"{ a { ...F @x } } fragment F on G @y { b: c { d @z } } | 3 | 6 | 1 | 1 | 3 | 3",
			// A fragment counts each time it is spread.
			"{ a { ...F } ...F } fragment F on G { x: b @c } | 2 | 5 | 2 | 2 | 2 | 3",
			// A fragment is spread deeper than where it was measured.
			"{ ...F a { a { a { ...F } } } } fragment F on G { b { c } } | 5 | 8 | 0 | 2 | 0 | 7",
			// An unused fragment has limits, too, except for its depth.
			"{ a } fragment F on G { x: b @c { y: d { e } } } | 1 | 4 | 2 | 1 | 1 | 3",
			// Each operation is measured by itself.
			"query A { a b } query B { x: c { d } } | 2 | 3 | 1 | 2 | 0 | 2",
			// Validation reports an unknown fragment.
			"{ ...F @a } | 0 | 2 | 0 | 0 | 1 | 0",
			// An introspection has a depth of its own.
			"{ __schema { types { fields { name } } } a { b } } | 2 | 5 | 0 | 2 | 0 | 6",
			"{ __type(name: `x`) { name } } | 1 | 3 | 0 | 1 | 0 | 2" })
	void documentIsMeasuredExactly(String text, int depth, int nesting, int aliases, int rootFields, int directives,
			int fields) {
		String document = text.replace('`', '"');

		assertThat(List.of(leastLimit("max-depth", document), leastLimit("max-nesting", document),
				leastLimit("max-aliases", document), leastLimit("max-root-fields", document),
				leastLimit("max-directives", document), leastLimit("max-fields", document)))
			.containsExactly(depth, nesting, aliases, rootFields, directives, fields);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{ a(b: 1) } | 0", "{ a(b: [1, 2]) } | 2",
			"{ a(b: 1, c: [1, 2]) } | 2", "{ a { b(c: [1]) } } | 1", "{ a(b: [[1], [1, 2, 3]]) } | 3",
			"{ a(b: { c: 1, d: { e: [1, 2] } }) } | 2", "{ a(b: [{ c: [1, 2] }]) } | 2",
			"query ($a: [Int] = [1, 2]) { b } | 2", "query ($a: A = { b: [1] }) { b } | 1", "{ a @b(c: [1, 2]) } | 2",
			"{ ... @b(c: [1, 2]) { a } } | 2", "{ ...F @b(c: [1, 2]) } fragment F on G { a } | 2",
			"{ ...F } fragment F on G { a(b: [1]) } | 1", "{ a } fragment F on G { a(b: [1]) } | 1" })
	void listsAreMeasuredInEveryPosition(String text, int expected) {
		assertThat(leastLimit("max-list-size", text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "__schema", "__type(name: \"A\")" })
	void introspectionHasAMaximumDepthOfTwenty(String field) {
		String deepest = "{ " + field + " { " + "a { ".repeat(18) + "b" + " }".repeat(20);
		String tooDeep = "{ " + field + " { " + "a { ".repeat(19) + "b" + " }".repeat(21);

		check("max-depth", 1, deepest, true);
		assertThatExceptionOfType(ApiException.class).isThrownBy(() -> check("max-depth", 1, tooDeep, true))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("limit", "max-depth")
				.containsEntry("value", 21L)
				.containsEntry("max", 20L));
	}

	/** Metrics and traces keep the names. */
	@Test
	void nameOfAnOperationIsLimited() {
		check("max-depth", 100, "query " + "n".repeat(255) + " { me { id } }", true);

		assertInvalid("query " + "n".repeat(256) + " { me { id } }", true,
				"The name of an operation has at most 255 characters.");
	}

	@Test
	void fragmentMayBeAsDeepAsAnIntrospection() {
		check("max-depth", 1, "{ a } fragment F on __Type { " + "a { ".repeat(19) + "b" + " }".repeat(20), true);
		assertThatExceptionOfType(ApiException.class)
			.isThrownBy(() -> check("max-depth", 1,
					"{ a } fragment F on __Type { " + "a { ".repeat(20) + "b" + " }".repeat(21), true))
			.satisfies((ex) -> assertThat(ex.extensions()).containsEntry("value", 21L).containsEntry("max", 20L));
		assertThat(isAccepted("max-depth", 21, "{ a } fragment F on A { " + "a { ".repeat(20) + "b" + " }".repeat(21)))
			.isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{ __schema { types { name } } }", "{ a { b } __type(name: \"A\") { name } }",
			"{ ...F } fragment F on Query { __schema { types { name } } }" })
	void introspectionIsRefusedIfItIsTurnedOff(String text) {
		assertInvalid(text, false, "Introspection is turned off (kennel.graphql.introspection).");
		check("max-depth", 100, text, true);
		check("max-depth", 100, "{ __typename a { __typename } }", false);
	}

	@Test
	void cyclicFragmentIsInvalid() {
		assertInvalid("{ ...F } fragment F on G { a { ...F } }", true, "The fragment 'F' spreads itself.");
		assertInvalid("{ ...A } fragment A on G { ...B } fragment B on G { ...A }", true,
				"The fragment 'A' spreads itself, by way of others.");
		assertInvalid("{ ...A } fragment A on G { ...B } fragment B on G { ...B }", true,
				"The fragment 'B' spreads itself.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "subscription { a @skip(if: true) }", "subscription { a @include(if: true) }",
			"subscription { ... @skip(if: false) { a } }", "subscription { ... { ... { a @skip(if: true) } } }",
			"subscription { ...F @include(if: true) } fragment F on S { a }",
			"subscription { ...F } fragment F on S { ...G } fragment G on S { a @skip(if: true) }" })
	void conditionOnASubscriptionFieldIsInvalid(String text) {
		assertInvalid(text, true, "The field of a subscription can't have a condition.");
		check("max-depth", 100, text.replace("subscription", "query"), true);
		check("max-depth", 100, "subscription { a { b @skip(if: true) } ...F } fragment F on S { c @d }", true);
	}

}
