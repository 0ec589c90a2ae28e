package dev.kennel.database.embedded;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** Creates files and directories that only the user of the process can read. */
public final class PrivateFiles {

	private PrivateFiles() {
	}

	/**
	 * Returns a secret that is generated once and kept in a file.
	 * @param file the file
	 * @param generator generates the secret if the file does not exist
	 * @return the secret
	 * @throws IOException if the file can't be read or written
	 */
	public static String readOrCreate(Path file, Supplier<String> generator) throws IOException {
		if (!Files.exists(file)) {
			// Moved into place atomically: a process that is killed here leaves a whole
			// secret or none.
			Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
			Files.deleteIfExists(unfinished);
			createFile(unfinished);
			Files.writeString(unfinished, generator.get() + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
			Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
		}
		return Files.readString(file).strip();
	}

	/**
	 * Creates a directory and its parents, if they don't exist.
	 * @param directory the directory
	 * @return the directory
	 * @throws IOException if it can't be created
	 */
	public static Path createDirectories(Path directory) throws IOException {
		if (isPosix()) {
			return Files.createDirectories(directory,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		return Files.createDirectories(directory);
	}

	/**
	 * Creates an empty file.
	 * @param file the file
	 * @throws IOException if it can't be created, or exists
	 */
	public static void createFile(Path file) throws IOException {
		if (isPosix()) {
			Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		}
		else {
			Files.createFile(file);
		}
	}

	private static boolean isPosix() {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
	}

}
