package dev.kennel.graphql.document;

import java.io.IOException;
import java.io.StringReader;

/**
 * A reader that never splits a surrogate pair. The parser decodes each read by itself,
 * and rejects a document with an emoji across the end of its buffer.
 *
 * @see <a href="https://github.com/antlr/antlr4/pull/4943">antlr4, pull request 4943</a>
 */
final class SurrogateSafeReader extends StringReader {

	/**
	 * Less than any buffer between here and the parser, which would split the text again.
	 */
	private static final int MAX_READ = 2048;

	SurrogateSafeReader(String text) {
		super(text);
	}

	@Override
	public int read(char[] buffer, int offset, int length) throws IOException {
		int count = super.read(buffer, offset, Math.min(length, MAX_READ));
		if (count > 1 && Character.isHighSurrogate(buffer[offset + count - 1])) {
			skip(-1);
			return count - 1;
		}
		return count;
	}

	/** Keeps callers from filling their buffer with a second read. */
	@Override
	public boolean ready() {
		return false;
	}

}
