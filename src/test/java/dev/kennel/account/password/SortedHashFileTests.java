package dev.kennel.account.password;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class SortedHashFileTests {

	private static final int LINES = 1_000;

	private final Path path;

	private final SortedHashFile file;

	SortedHashFileTests(@TempDir Path folder) {
		this.path = folder.resolve("hashes.txt");
		this.file = new SortedHashFile(this.path, 8);
	}

	/** Returns an odd number: even ones are not in the files. */
	private static String hash(int line) {
		return "%08X".formatted(2 * line + 1);
	}

	private void write(String text) throws IOException {
		Files.writeString(this.path, text);
	}

	private void assertHasEachLineAndNothingBetween() throws IOException {
		for (int line = 0; line < LINES; line++) {
			assertThat(this.file.contains(hash(line))).as(hash(line)).isTrue();
			assertThat(this.file.contains("%08X".formatted(2 * line))).isFalse();
		}
		assertThat(this.file.contains("%08X".formatted(2 * LINES))).isFalse();
		assertThat(this.file.contains("FFFFFFFF")).isFalse();
	}

	/** Counts have one to ten digits, so that lines differ in length. */
	private static Stream<String> lines() {
		return IntStream.range(0, LINES)
			.mapToObj((line) -> hash(line) + ":" + "1234567890".substring(0, 1 + line % 10));
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n" })
	void everyLineIsFoundWithAndWithoutLastLineEnd(String lineEnd) throws IOException {
		write(lines().collect(Collectors.joining(lineEnd)));
		assertHasEachLineAndNothingBetween();

		write(lines().collect(Collectors.joining(lineEnd, "", lineEnd)));
		assertHasEachLineAndNothingBetween();
		this.file.check("00000001", hash(LINES - 1));
	}

	@Test
	void lowerCaseIsFound() throws IOException {
		write(lines().map((line) -> line.toLowerCase(Locale.ROOT)).collect(Collectors.joining("\n")));

		assertHasEachLineAndNothingBetween();
		this.file.check("00000001", hash(LINES - 1));
	}

	/** Some versions of haveibeenpwned-downloader write one before each range. */
	@Test
	void byteOrderMarkOfALineIsIgnored() throws IOException {
		write(lines().map((line) -> (line.hashCode() % 3 == 0) ? "\uFEFF" + line : line)
			.collect(Collectors.joining("\n")));

		assertHasEachLineAndNothingBetween();
		this.file.check("00000001", hash(LINES - 1));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void fewLinesAreFound(int count) throws IOException {
		write(lines().limit(count).collect(Collectors.joining("\n")));

		for (int line = 0; line < count; line++) {
			assertThat(this.file.contains(hash(line))).isTrue();
		}
		assertThat(this.file.contains("00000000")).isFalse();
		assertThat(this.file.contains(hash(count))).isFalse();
	}

	@Test
	void paddingWithCountZeroIsIgnored() throws IOException {
		write("00000001:0\n00000003:10\n00000005:00");

		assertThat(this.file.contains("00000001")).isFalse();
		assertThat(this.file.contains("00000003")).isTrue();
		assertThat(this.file.contains("00000005")).isFalse();
	}

	@Test
	void emptyFileHasNothingAndFailsTheCheck() throws IOException {
		write("");

		assertThat(this.file.contains(hash(0))).isFalse();
		assertThatIOException().isThrownBy(() -> this.file.check("", "")).withMessage(this.path + " is empty");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0000001:1", "000000001:1", "0000000G:1", "00000001", "00000001:", "00000001:x",
			"00000001 1", "\n", "00000001:12345678901234567890" })
	void malformedLineFailsTheSearchAndTheCheck(String line) throws IOException {
		write(line);

		assertThatIOException().isThrownBy(() -> this.file.contains(hash(0)))
			.withMessage(this.path + " has a line other than 8 hexadecimal digits, a colon and a number");
		assertThatIOException().isThrownBy(() -> this.file.check("", ""));
	}

	@Test
	void lineWithoutEndFailsTheSearch() throws IOException {
		Files.write(this.path, new byte[10_000]);

		assertThatIOException().isThrownBy(() -> this.file.contains(hash(0)))
			.withMessageEndingWith("a colon and a number");
	}

	/** Such as a list that is sorted by how often passwords occur. */
	@Test
	void fileInAnotherOrderFailsTheCheck() throws IOException {
		List<String> lines = new ArrayList<>(lines().toList());
		lines.sort((a, b) -> Integer.compare(b.hashCode(), a.hashCode()));
		write(String.join("\n", lines));

		assertThatIOException().isThrownBy(() -> this.file.check("", ""))
			.withMessage(this.path + " is not in the order of the hashes");
	}

	/** As by a download that was interrupted. */
	@Test
	void truncatedFileFailsTheCheck() throws IOException {
		List<String> lines = lines().toList();
		String last = hash(LINES - 1);
		write(String.join("\n", lines.subList(0, LINES / 2)));
		assertThatIOException().isThrownBy(() -> this.file.check("", last))
			.withMessage(this.path + " does not end with the range " + last);

		String text = String.join("\n", lines);
		write(text.substring(0, text.lastIndexOf(':') + 1));
		assertThatIOException().isThrownBy(() -> this.file.check("", "")).withMessageEndingWith("a colon and a number");
		write(text.substring(0, text.lastIndexOf(':') - 1));
		assertThatIOException().isThrownBy(() -> this.file.check("", "")).withMessageEndingWith("a colon and a number");
		write(text.substring(text.indexOf('\n') + 1));
		assertThatIOException().isThrownBy(() -> this.file.check("00000001", ""))
			.withMessage(this.path + " does not begin with the range 00000001");
	}

	@Test
	void concurrentSearchesFindTheirLines() throws Exception {
		write(lines().collect(Collectors.joining("\n")));
		try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<Boolean>> found = new ArrayList<>();
			for (int line = 0; line < LINES; line++) {
				String hash = hash(line);
				found.add(threads.submit(() -> this.file.contains(hash)));
			}
			for (Future<Boolean> one : found) {
				assertThat(one.get()).isTrue();
			}
		}
	}

	@Test
	void interruptedSearchEndsNoOther() throws IOException {
		write(lines().collect(Collectors.joining("\n")));
		Thread.currentThread().interrupt();

		assertThatExceptionOfType(ClosedByInterruptException.class).isThrownBy(() -> this.file.contains(hash(0)));

		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.file.contains(hash(0))).isTrue();
	}

	@Test
	void replacedFileIsRead() throws IOException {
		write(hash(1) + ":1");
		assertThat(this.file.contains(hash(2))).isFalse();

		Path newer = this.path.resolveSibling("newer.txt");
		Files.write(newer, (hash(2) + ":1").getBytes(StandardCharsets.US_ASCII));
		Files.move(newer, this.path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

		assertThat(this.file.contains(hash(1))).isFalse();
		assertThat(this.file.contains(hash(2))).isTrue();
	}

}
