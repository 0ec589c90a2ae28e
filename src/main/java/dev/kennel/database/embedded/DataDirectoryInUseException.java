package dev.kennel.database.embedded;

import java.nio.file.Path;

/** Thrown if another process holds the data directory. */
public final class DataDirectoryInUseException extends RuntimeException {

	private final transient Path directory;

	DataDirectoryInUseException(Path directory) {
		super("The data directory " + directory + " is in use by another process");
		this.directory = directory;
	}

	/**
	 * Returns the data directory.
	 * @return its absolute path
	 */
	public Path directory() {
		return this.directory;
	}

}
