package dev.kennel.account.password;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A file of any size with a hash and its number of occurrences in each line,
 * {@code HASH:COUNT}, in the order of the hashes. It is searched in place: one of 10⁹
 * lines by reading some 35 of them. Each search opens the file anew, since a thread that
 * is interrupted while it reads closes its channel.
 *
 * @param path the file
 * @param digits the number of hexadecimal digits of each hash
 */
record SortedHashFile(Path path, int digits) {

	/**
	 * Exceeds two lines, so that the line after any position is in the bytes that are
	 * read there.
	 */
	private static final int CHUNK = 256;

	/** The lines that are compared to find out whether a file is sorted. */
	private static final int SAMPLES = 64;

	/**
	 * Some versions of haveibeenpwned-downloader write a byte order mark before each
	 * range of one file, and CR LF on Windows, as in range files.
	 */
	private static final Pattern LINE = Pattern.compile("(?:\u00EF\u00BB\u00BF)?(\\p{XDigit}+):(\\d{1,19})\r?");

	/** A line, where it starts, and where the next one does. */
	private record Line(long start, String hash, boolean occurs, long next) {
	}

	/**
	 * Returns whether the file has a hash. A hash with a count of zero, such as the
	 * padding of a range, does not count.
	 * @param hash the hash, in upper case
	 * @throws IOException if the file can't be read, or a line is malformed
	 */
	boolean contains(String hash) throws IOException {
		try (FileChannel file = FileChannel.open(this.path, StandardOpenOption.READ)) {
			long from = 0;
			long to = file.size();
			while (from < to) {
				long middle = (from + to) >>> 1;
				Line line = lineFrom(file, middle);
				if (line == null || line.start >= to || line.hash.compareTo(hash) > 0) {
					to = middle;
				}
				else if (line.hash.equals(hash)) {
					return line.occurs;
				}
				else {
					from = line.next;
				}
			}
			return false;
		}
	}

	/**
	 * Reads the first and the last lines of the file, and some between them.
	 * @param first the digits that the first hash begins with
	 * @param last the digits that the last hash begins with: a file that was cut off has
	 * others, or ends within a line
	 * @throws IOException if the file is empty or not sorted, its first or last hash is
	 * another one, or one of these lines is malformed; the message begins with the path
	 */
	void check(String first, String last) throws IOException {
		try (FileChannel file = FileChannel.open(this.path, StandardOpenOption.READ)) {
			Line line = lineFrom(file, 0);
			if (line == null) {
				throw new IOException(this.path + " is empty");
			}
			if (!line.hash.startsWith(first)) {
				throw new IOException(this.path + " does not begin with the range " + first);
			}
			for (int i = 1; i < SAMPLES; i++) {
				line = inOrder(line, lineFrom(file, file.size() / SAMPLES * i));
			}
			Line next = lineFrom(file, Math.max(line.start, file.size() - CHUNK));
			while (next != null) {
				line = inOrder(line, next);
				next = lineFrom(file, line.next);
			}
			if (!line.hash.startsWith(last)) {
				throw new IOException(this.path + " does not end with the range " + last);
			}
		}
	}

	/** Returns the second line, or the first if there is no second. */
	private Line inOrder(Line line, @Nullable Line second) throws IOException {
		if (second != null && second.hash.compareTo(line.hash) < 0) {
			throw new IOException(this.path + " is not in the order of the hashes");
		}
		return (second != null) ? second : line;
	}

	/**
	 * Returns the first line that starts at a position or after it; null if none does.
	 */
	private @Nullable Line lineFrom(FileChannel file, long position) throws IOException {
		// The byte before tells whether a line starts at the position.
		long offset = Math.max(0, position - 1);
		String chunk = read(file, offset);
		boolean isLast = offset + chunk.length() >= file.size();
		int newline = (position > 0) ? chunk.indexOf('\n') : -1;
		int start = newline + 1;
		if (isLast && (start == chunk.length() || (position > 0 && newline < 0))) {
			return null;
		}
		int end = chunk.indexOf('\n', start);
		if ((position > 0 && newline < 0) || (end < 0 && !isLast)) {
			throw malformed();
		}
		Matcher line = LINE.matcher(chunk.substring(start, (end < 0) ? chunk.length() : end));
		if (!line.matches() || line.group(1).length() != this.digits) {
			throw malformed();
		}
		return new Line(offset + start, line.group(1).toUpperCase(Locale.ROOT), !line.group(2).matches("0+"),
				offset + ((end < 0) ? chunk.length() : end + 1));
	}

	/** Reads bytes as characters of ISO 8859-1, one for each. */
	private static String read(FileChannel file, long offset) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
		int read = 0;
		while (read >= 0 && bytes.hasRemaining()) {
			read = file.read(bytes, offset + bytes.position());
		}
		return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
	}

	private IOException malformed() {
		return new IOException(
				this.path + " has a line other than " + this.digits + " hexadecimal digits, a colon and a number");
	}

}
