package dev.kennel.graphql.document;

import graphql.language.Argument;
import graphql.language.AstPrinter;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.OperationDefinition;
import graphql.language.SourceLocation;
import graphql.language.StringValue;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class September2025SourceTests {

	private static Document parse(String document) {
		September2025Source source = September2025Source.read(document);
		assertThat(source.invalidEscape()).isNull();
		return Parser.parse(source.text());
	}

	/** DESC is replaced by a description, and by nothing. */
	@ParameterizedTest
	@ValueSource(strings = { "DESC query Q { a }", "DESC query { a }", "DESC mutation M { a }",
			"DESC subscription S { a }", "{ ...F } DESC fragment F on Query { a }",
			"DESC query Q { ...F } DESC fragment F on Query { a } DESC query R { a }", "query Q(DESC $a: Int) { a }",
			"query Q($a: Int, DESC $b: Int) { a }", "query Q($a: String = \"x\" DESC $b: Int) { a }",
			"query Q($a: String = \"\"\"x\"\"\" DESC $b: Int) { a }",
			"query Q($a: [String!]! = [\"x\" \"y\"] DESC $b: Int) { a }",
			"query Q($a: In = {b: \"x\"} DESC $b: Int) { a }", "query Q($a: Int @d(x: \"y\") DESC $b: Int) { a }",
			"query Q(DESC $a: Int) @d(x: \"y\", z: $a) { a }",
			"# \"no\"\nDESC # \"no\"\nquery Q(DESC #\n$a: Int) { a(x: \"query\", y: $a) }",
			"DESC query query(DESC $query: Int) { query: fragment }", "\ufeff,DESC,query Q { a }" })
	void descriptionsAreAcceptedWhereSpecified(String document) {
		String without = AstPrinter.printAst(parse(document.replace("DESC", "")));

		for (String description : new String[] { "\"desc\"", "\"\"", "\"\"\"desc\"\"\"", "\"\"\"\"\"\"",
				"\"\\u{1F415} \\\" query Q {\"", "\"\"\"\n  a \" \\\"\"\" \\u\n\n    query { $x }\n  \"\"\"",
				"\"\"\"a \\\"\"\"\" b\"\"\"" }) {
			assertThat(AstPrinter.printAst(parse(document.replace("DESC", description)))).isEqualTo(without);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"desc\" { a }", "\"a\" \"b\" query Q { a }", "query \"desc\" Q { a }",
			"query \"desc\" query { a }", "query Q \"desc\" { a }", "query Q \"desc\" query R { a }",
			"{ a } \"desc\" { b }", "{ a } \"desc\"", "{ \"desc\" a }", "{ a(\"desc\" x: 1) }", "{ a \"desc\" { b } }",
			"{ ...F } fragment \"desc\" F on Query { a }", "{ ...F } fragment F \"desc\" on Query { a }",
			"query Q(\"a\" \"b\" $a: Int) { a }", "query Q($a \"desc\": Int) { a }",
			"query Q($a: \"desc\" $b: Int) { a }", "query Q($ \"desc\" a: Int) { a }",
			"query Q($a: Int \"desc\") { a }", "query Q(\"desc\") { a }", "query Q @d(x: \"y\" $z) { a }",
			"query Q @d(\"desc\" $z: 1) { a }", "query Q @d(x: [\"y\" $z] \"y\" $z) { a }",
			"{ a { \"desc\" query b } }", "{ a(x: \"y\" $z) }", "\"desc\" a", "\"desc", "\"desc query Q { a }",
			"\"desc\nquery Q { a }", "query Q(\"desc\n$a: Int) { a }", "\"desc\" \u0001 query Q { a }",
			"\"\"\"desc query Q { a }" })
	void descriptionsElsewhereAreRejectedByTheParser(String document) {
		assertThatExceptionOfType(InvalidSyntaxException.class)
			.isThrownBy(() -> Parser.parse(September2025Source.read(document).text()));
	}

	@Test
	void locationsAreThoseOfTheOriginalText() {
		Document document = parse("\"\"\"\r\n  of two lines, \ud83d\udc15\n\"\"\" query Q(\"\ud83d\udc15\" $a: Int) {\r"
				+ "  a(x: \"\"\"\n    b\n  \n    c\n  \"\"\", y: $a)\n}");

		OperationDefinition operation = document.getFirstDefinitionOfType(OperationDefinition.class).orElseThrow();
		assertThat(operation.getSourceLocation()).isEqualTo(new SourceLocation(3, 5));
		// A code point is a column.
		assertThat(operation.getVariableDefinitions().getFirst().getSourceLocation())
			.isEqualTo(new SourceLocation(3, 17));
		Field field = (Field) operation.getSelectionSet().getSelections().getFirst();
		assertThat(field.getSourceLocation()).isEqualTo(new SourceLocation(4, 3));
		assertThat(field.getArguments()).extracting(Argument::getSourceLocation)
			.containsExactly(new SourceLocation(4, 5), new SourceLocation(8, 8));
	}

	private static @Nullable String value(String literal) {
		OperationDefinition operation = parse("{ a(x: " + literal + ") }")
			.getFirstDefinitionOfType(OperationDefinition.class)
			.orElseThrow();
		Field field = (Field) operation.getSelectionSet().getSelections().getFirst();
		return ((StringValue) field.getArguments().getFirst().getValue()).getValue();
	}

	@Test
	void escapeSequencesAreDecodedAsSpecified() {
		assertThat(value("\"\"")).isEmpty();
		assertThat(value("\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t\"")).isEqualTo("\" \\ / \b \f \n \r \t");
		assertThat(value("\"\\u0041\\u00e9\\uFFFF\"")).isEqualTo("A\u00e9\uffff");
		assertThat(value("\"\\u{41}\\u{0}\\u{000000041}\\u{10FFFF}\\u{1F415}\""))
			.isEqualTo("A\u0000A\udbff\udfff\ud83d\udc15");
		assertThat(value("\"\\uD83D\\uDC15\"")).isEqualTo("\ud83d\udc15");
		assertThat(value("\"\ud83d\udc15 # , {\"")).isEqualTo("\ud83d\udc15 # , {");
	}

	/** With the column of the invalid sequence. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "\\x|9", "\\u|9", "\\u12|9", "\\u123g|9", "\\u{}|9", "\\u{110000}|9", "\\u{FFFFFFFFFFFFFFFF41}|9",
					"\\u{41|9", "\\u{4 1}|9", "\\uD83D|9", "\\uDC15|9", "\\uD83Dx|9", "\\uD83D\\n|9",
					"\\uD83D\\u0041|9", "\\uD83D\\uD83D|9", "\\uD83D\\u{DC15}|9", "\\u{D83D}|9", "\\u{D83D}\\u{DC15}|9",
					"\\u{D83D}\\uDC15|9", "\\u{DC15}|9", "ab\\u0041\\u{DFFF}|17", "\\U0041|9", "\\'|9" })
	void invalidEscapeSequencesAreReported(String sequence, int column) {
		assertThat(September2025Source.read("{ a(x: \"" + sequence + "\") }").invalidEscape())
			.isEqualTo(new SourceLocation(1, column));
		assertThat(September2025Source.read("\n\n\"" + sequence + "\" query Q { a }").invalidEscape())
			.isEqualTo(new SourceLocation(3, column - 7));
		// A block string has no such escape sequences.
		assertThat(value("\"\"\"" + sequence + "\"\"\"")).isEqualTo(sequence);
	}

	@Test
	void blockStringsAreReadAsSpecified() {
		assertThat(value("\"\"\"\"\"\"")).isEmpty();
		assertThat(value("\"\"\"a \"b\" \\\"\"\" \\n\"\"\"")).isEqualTo("a \"b\" \"\"\" \\n");
		assertThat(value("\"\"\"a \\\"\"\"\" b\"\"\" y: \"c:\\u0041\"")).isEqualTo("a \"\"\"\" b");
		assertThat(value("\"\"\"\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  \"\"\""))
			.isEqualTo("Hello,\n  World!\n\nYours,\n  GraphQL.");
		// The indentation of the first line does not count, nor does that of white space.
		assertThat(value("\"\"\"  a\n    b\n  \n \t \t\n      \n    c\"\"\"")).isEqualTo("  a\nb\n\n\n  \nc");
		assertThat(value("\"\"\"\n\n  \t\n    a\n   b\n\n \"\"\"")).isEqualTo(" a\nb");
		assertThat(value("\"\"\"\r\n  a\r  b\r\n\r\n  c\"\"\"")).isEqualTo("a\nb\n\nc");
		assertThat(value("\"\"\"a\n  \n\"\"\"")).isEqualTo("a");
	}

}
