package dev.kennel.database;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** Files and folders that nobody but the user of the process can read. */
public final class OwnerOnlyFiles {

	private OwnerOnlyFiles() {
	}

	/**
	 * Answers a secret that is made once and kept.
	 * @param file where it is kept
	 * @param maker makes it, if there is no such file
	 * @return the secret
	 * @throws IOException if the file can't be read or written
	 */
	public static String readOrCreate(Path file, Supplier<String> maker) throws IOException {
		if (!Files.exists(file)) {
			// In one step, so that a process that is killed here leaves a whole secret or
			// none.
			Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
			Files.deleteIfExists(unfinished);
			createFile(unfinished);
			Files.writeString(unfinished, maker.get() + "\n", StandardOpenOption.WRITE, StandardOpenOption.SYNC);
			Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
		}
		return Files.readString(file).strip();
	}

	/**
	 * Makes a folder, and those that it is in, unless there is one.
	 * @param directory the folder
	 * @return the folder
	 * @throws IOException if it can't be made
	 */
	public static Path createDirectories(Path directory) throws IOException {
		if (isPosix()) {
			return Files.createDirectories(directory,
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		}
		return Files.createDirectories(directory);
	}

	/**
	 * Makes an empty file.
	 * @param file the file
	 * @throws IOException if it can't be made, or is there already
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
