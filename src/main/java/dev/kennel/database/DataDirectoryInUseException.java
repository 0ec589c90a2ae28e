package dev.kennel.database;

import java.nio.file.Path;

/** Another process holds the data directory. */
public final class DataDirectoryInUseException extends RuntimeException {

	private final transient Path directory;

	DataDirectoryInUseException(Path directory) {
		super("The data directory " + directory + " is in use by another process");
		this.directory = directory;
	}

	/**
	 * Answers which directory is held.
	 * @return its absolute path
	 */
	public Path directory() {
		return this.directory;
	}

}
