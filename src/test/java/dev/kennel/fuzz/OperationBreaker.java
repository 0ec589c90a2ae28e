package dev.kennel.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Mutates a valid operation, which may stay valid by chance. */
final class OperationBreaker {

	private static final Pattern TOKEN = Pattern
		.compile("\"(?:[^\"\\\\\\n]|\\\\.)*\"|\\.\\.\\.|[A-Za-z_][A-Za-z_0-9]*|-?[0-9.]+|[{}()\\[\\]:!$@=|&]");

	private static final List<String> GARBAGE = List.of("{", "}", "(", ")", "[", "]", "...", "$", "@", "!", ":", "=",
			"|", "&", "\"", "\"\"\"", "#", "\\", "\u0000", "\ufeff", "\ud800", "é", "😀", "nope", "__schema", "__type",
			"fragment", "on", "query", "subscription { myChanges { cursor } }", "true", "null", "0", "1e999",
			"99999999999999999999", "-", "0x1", "1.5", "\"text\"", "\"\"\"block\"\"\"", "$v0_0", "$undefined", "@skip",
			"@skip(if: true)", "@nope", "@include(if: \"x\")", "@deprecated", "...F0", "... on Node { id }",
			"... on Nope { id }", "{ __typename }", "a: b", "first: -1", "first: 2, last: 2", "first: \"1\"",
			"id: \"own_\"", "[[[[]]]]", "{a: {a: {a: 1}}}");

	private static final List<Object> WRONG = List.of(true, 1, 1.5, -1, 1e300, Long.MAX_VALUE, "text", "", "\u0000",
			"\ud800", List.of(), List.of(List.of(1)), Map.of(), Map.of("nope", 1), Map.of("name", Map.of()));

	private OperationBreaker() {
	}

	static GeneratedOperation breakIt(GeneratedOperation operation, RandomGenerator random) {
		String document = operation.document();
		String operationName = operation.operationName();
		Map<String, @Nullable Object> variables = operation.variables();
		int times = 1 + random.nextInt(2);
		for (int i = 0; i < times; i++) {
			switch (random.nextInt(10)) {
				case 0 -> document = withoutToken(document, random);
				case 1 -> document = withGarbage(document, random);
				case 2 -> document = withTokensSwapped(document, random);
				case 3 -> document = document.substring(0, random.nextInt(document.length() + 1));
				case 4, 5 -> variables = withWrongVariable(variables, random);
				case 6 -> operationName = (operationName == null) ? "Nope" : null;
				case 7 -> document += " fragment Cycle on Query { ...Cycle } query Cyclic { ...Cycle }";
				case 8 -> document = replaceToken(document, random);
				default -> document = withCharacter(document, random);
			}
		}
		return new GeneratedOperation(operation.seed(), document, operationName, variables, true);
	}

	private static List<MatchResult> tokens(String document) {
		List<MatchResult> tokens = TOKEN.matcher(document).results().toList();
		return tokens.isEmpty() ? Pattern.compile("^").matcher(document).results().toList() : tokens;
	}

	private static String withoutToken(String document, RandomGenerator random) {
		MatchResult token = pick(tokens(document), random);
		return document.substring(0, token.start()) + document.substring(token.end());
	}

	private static String withGarbage(String document, RandomGenerator random) {
		int place = pick(tokens(document), random).start();
		return document.substring(0, place) + " " + pick(GARBAGE, random) + " " + document.substring(place);
	}

	private static String replaceToken(String document, RandomGenerator random) {
		MatchResult token = pick(tokens(document), random);
		return document.substring(0, token.start()) + pick(GARBAGE, random) + document.substring(token.end());
	}

	private static String withTokensSwapped(String document, RandomGenerator random) {
		List<MatchResult> tokens = tokens(document);
		MatchResult a = pick(tokens, random);
		MatchResult b = pick(tokens, random);
		if (a.start() > b.start()) {
			MatchResult swap = a;
			a = b;
			b = swap;
		}
		if (a.start() == b.start()) {
			return document;
		}
		return document.substring(0, a.start()) + b.group() + document.substring(a.end(), b.start()) + a.group()
				+ document.substring(b.end());
	}

	private static String withCharacter(String document, RandomGenerator random) {
		int place = random.nextInt(document.length() + 1);
		return document.substring(0, place) + (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000)
				+ document.substring(place);
	}

	private static Map<String, @Nullable Object> withWrongVariable(Map<String, @Nullable Object> variables,
			RandomGenerator random) {
		Map<String, @Nullable Object> wrong = new LinkedHashMap<>(variables);
		List<String> names = new ArrayList<>(variables.keySet());
		if (names.isEmpty()) {
			wrong.put("undefined", pick(WRONG, random));
			return wrong;
		}
		String name = pick(names, random);
		switch (random.nextInt(3)) {
			case 0 -> wrong.remove(name);
			case 1 -> wrong.put(name, null);
			default -> wrong.put(name, pick(WRONG, random));
		}
		return wrong;
	}

	private static <T> T pick(List<T> list, RandomGenerator random) {
		return list.get(random.nextInt(list.size()));
	}

}
