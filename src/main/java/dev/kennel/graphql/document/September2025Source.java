package dev.kennel.graphql.document;

import java.util.Set;

import graphql.language.SourceLocation;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites documents of the September 2025 specification for a parser that does not
 * support all of it yet (graphql-java 25.1):
 * <ul>
 * <li>Descriptions of operations, fragments and variables become white space of the same
 * size, which preserves the locations in errors. A description elsewhere is left for the
 * parser to reject.</li>
 * <li>Escape sequences in strings are checked: the parser accepts unpaired surrogates in
 * braces.</li>
 * <li>Lines of block strings that are only white space, and shorter than the common
 * indentation, become empty: the parser keeps the white space.</li>
 * <li>A carriage return ends a line, as specified.</li>
 * </ul>
 *
 * @see <a href="https://spec.graphql.org/September2025/#sec-Descriptions">GraphQL,
 * descriptions</a>
 * @see <a href="https://spec.graphql.org/September2025/#sec-String-Value">GraphQL, string
 * value</a>
 */
final class September2025Source {

	private static final String BLOCK_QUOTE = "\"\"\"";

	private static final Set<String> DEFINITION_KEYWORDS = Set.of("query", "mutation", "subscription", "fragment");

	/** The value of {@link #previousToken} where a definition may begin. */
	private static final char NO_TOKEN = 0;

	private static final int UNICODE_ESCAPE_LENGTH = 6;

	private final String text;

	private final StringBuilder result;

	/** The end of the text that has been copied to the result or omitted from it. */
	private int copied;

	private int position;

	private int depth;

	/** The outermost open bracket. */
	private char outermostBracket;

	/** The first character of the previous token. */
	private char previousToken = NO_TOKEN;

	/** The start of the previous token if it may be a description, or -1. */
	private int description = -1;

	private int invalidEscape = -1;

	private September2025Source(String text) {
		this.text = text;
		this.result = new StringBuilder();
	}

	/**
	 * Reads the text of a document, in one pass over its characters.
	 * @param document the original text
	 * @return the rewritten text
	 */
	static September2025Source read(String document) {
		String text = (document.indexOf('\r') < 0) ? document : document.replace("\r\n", "\n").replace('\r', '\n');
		September2025Source source = new September2025Source(text);
		// Everything else concerns strings.
		if (text.indexOf('"') >= 0) {
			source.read();
		}
		if (source.copied > 0) {
			source.copyTo(text.length());
		}
		return source;
	}

	/** Returns the text to parse. */
	String text() {
		return this.result.isEmpty() ? this.text : this.result.toString();
	}

	/** Returns the location of the first invalid escape sequence, or null. */
	@Nullable SourceLocation invalidEscape() {
		if (this.invalidEscape < 0) {
			return null;
		}
		int lineStart = this.text.lastIndexOf('\n', this.invalidEscape) + 1;
		int line = 1 + (int) this.text.substring(0, lineStart).chars().filter((character) -> character == '\n').count();
		return new SourceLocation(line, 1 + this.text.codePointCount(lineStart, this.invalidEscape));
	}

	private void read() {
		int length = this.text.length();
		while (this.position < length && this.invalidEscape < 0) {
			char character = this.text.charAt(this.position);
			if (isIgnored(character)) {
				this.position++;
			}
			else if (character == '#') {
				int end = this.text.indexOf('\n', this.position);
				this.position = (end < 0) ? length : end;
			}
			else if (character == '"') {
				readString();
			}
			else {
				readToken(character);
			}
		}
	}

	private void readToken(char character) {
		int start = this.position++;
		while (isNamePart(character) && this.position < this.text.length()
				&& isNamePart(this.text.charAt(this.position))) {
			this.position++;
		}
		if (this.description >= 0) {
			if ((this.depth > 0) ? (character == '$')
					: DEFINITION_KEYWORDS.contains(this.text.substring(start, this.position))) {
				blank(this.description, start);
			}
			this.description = -1;
		}
		this.previousToken = character;
		switch (character) {
			case '(', '[', '{' -> {
				if (this.depth++ == 0) {
					this.outermostBracket = character;
				}
			}
			case ')', ']', '}' -> {
				this.depth = Math.max(0, this.depth - 1);
				if (this.depth == 0 && character == '}') {
					this.previousToken = NO_TOKEN;
				}
			}
			default -> {
			}
		}
	}

	private void readString() {
		int start = this.position;
		boolean definitionPosition = this.depth == 0 && this.previousToken == NO_TOKEN;
		// A value follows a colon or an equals sign.
		boolean variablePosition = this.depth == 1 && this.outermostBracket == '(' && this.previousToken != ':'
				&& this.previousToken != '=';
		this.description = (definitionPosition || variablePosition) ? start : -1;
		if (!this.text.startsWith(BLOCK_QUOTE, start)) {
			if (!readQuotedString()) {
				this.description = -1;
			}
		}
		else if (skipBlockString(start) && this.description < 0) {
			trimLines(start, this.position - BLOCK_QUOTE.length());
		}
		this.previousToken = '"';
	}

	/**
	 * Returns whether the string is terminated in its line; if not, the parser rejects
	 * it.
	 */
	private boolean readQuotedString() {
		int length = this.text.length();
		this.position++;
		while (this.position < length && this.invalidEscape < 0) {
			char character = this.text.charAt(this.position);
			if (character == '\\') {
				readEscape();
				continue;
			}
			this.position++;
			if (character == '"' || character == '\n') {
				return character == '"';
			}
		}
		return false;
	}

	private void readEscape() {
		int start = this.position;
		if (!this.text.startsWith("\\u", start)) {
			boolean known = start + 1 < this.text.length() && "\"\\/bfnrt".indexOf(this.text.charAt(start + 1)) >= 0;
			endEscape(known, start + 2);
			return;
		}
		if (this.text.startsWith("{", start + 2)) {
			int end = start + 3;
			while (end < this.text.length() && Character.digit(this.text.charAt(end), 16) >= 0) {
				end++;
			}
			int value = hexadecimal(start + 3, end);
			boolean scalar = value >= 0 && !isSurrogate(value) && this.text.startsWith("}", end);
			endEscape(scalar, end + 1);
			return;
		}
		int value = hexadecimal(start + 2, start + UNICODE_ESCAPE_LENGTH);
		if (value >= 0 && isSurrogate(value)) {
			int next = this.text.startsWith("\\u", start + UNICODE_ESCAPE_LENGTH)
					? hexadecimal(start + UNICODE_ESCAPE_LENGTH + 2, start + 2 * UNICODE_ESCAPE_LENGTH) : -1;
			boolean pair = next >= 0 && Character.isSurrogatePair((char) value, (char) next);
			endEscape(pair, start + 2 * UNICODE_ESCAPE_LENGTH);
			return;
		}
		endEscape(value >= 0, start + UNICODE_ESCAPE_LENGTH);
	}

	private void endEscape(boolean valid, int end) {
		if (!valid) {
			this.invalidEscape = this.position;
		}
		this.position = end;
	}

	/** Returns the code point of hexadecimal digits, or -1 if there is none. */
	private int hexadecimal(int start, int end) {
		int value = 0;
		for (int index = start; index < end; index++) {
			char character = (index < this.text.length()) ? this.text.charAt(index) : '"';
			int digit = (character < 0x80) ? Character.digit(character, 16) : -1;
			value = value * 16 + digit;
			if (digit < 0 || value > Character.MAX_CODE_POINT) {
				return -1;
			}
		}
		return (end > start) ? value : -1;
	}

	private static boolean isSurrogate(int value) {
		return value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
	}

	/** Returns whether the string is terminated. */
	private boolean skipBlockString(int start) {
		int end = this.text.indexOf(BLOCK_QUOTE, start + BLOCK_QUOTE.length());
		// Escaped quotes do not terminate the string.
		while (end > 0 && this.text.charAt(end - 1) == '\\') {
			end = this.text.indexOf(BLOCK_QUOTE, end + BLOCK_QUOTE.length());
		}
		this.position = (end < 0) ? this.text.length() : end + BLOCK_QUOTE.length();
		return end >= 0;
	}

	private void trimLines(int start, int end) {
		int firstBreak = this.text.indexOf('\n', start);
		if (firstBreak < 0 || firstBreak > end) {
			return;
		}
		int indentation = commonIndentation(firstBreak + 1, end);
		// The last line is kept, to preserve the columns of what follows on it. If it is
		// white space, it is not part of the value.
		int lineStart = firstBreak + 1;
		for (int lineEnd = this.text.indexOf('\n', lineStart); lineEnd >= 0
				&& lineEnd < end; lineEnd = this.text.indexOf('\n', lineStart)) {
			if (lineEnd - lineStart <= indentation && indentation(lineStart, lineEnd) == lineEnd - lineStart) {
				copyTo(lineStart);
				this.copied = lineEnd;
			}
			lineStart = lineEnd + 1;
		}
	}

	/**
	 * Returns the common indentation of all lines but the first; 0 if all are white
	 * space.
	 */
	private int commonIndentation(int start, int end) {
		int common = Integer.MAX_VALUE;
		int lineStart = start;
		while (lineStart <= end) {
			int lineBreak = this.text.indexOf('\n', lineStart);
			int lineEnd = (lineBreak < 0 || lineBreak > end) ? end : lineBreak;
			int indentation = indentation(lineStart, lineEnd);
			if (indentation < lineEnd - lineStart) {
				common = Math.min(common, indentation);
			}
			lineStart = lineEnd + 1;
		}
		return (common == Integer.MAX_VALUE) ? 0 : common;
	}

	private int indentation(int lineStart, int lineEnd) {
		int position = lineStart;
		while (position < lineEnd && (this.text.charAt(position) == ' ' || this.text.charAt(position) == '\t')) {
			position++;
		}
		return position - lineStart;
	}

	/** White space, line terminators, commas and the byte order mark. */
	private static boolean isIgnored(char character) {
		return character == ' ' || character == '\n' || character == '\t' || character == ',' || character == '\ufeff';
	}

	private static boolean isNamePart(char character) {
		return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_'
				|| (character >= '0' && character <= '9');
	}

	private void copyTo(int end) {
		if (end > this.copied) {
			this.result.append(this.text, this.copied, end);
			this.copied = end;
		}
	}

	/** Preserves the lines and columns of what follows; a column is a code point. */
	private void blank(int start, int end) {
		copyTo(start);
		this.text.substring(start, end)
			.codePoints()
			.forEach((character) -> this.result.append((character == '\n') ? '\n' : ' '));
		this.copied = end;
	}

}
