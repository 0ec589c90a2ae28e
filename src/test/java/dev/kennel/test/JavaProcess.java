package dev.kennel.test;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts main classes of the tests' class path in processes of their own. */
public final class JavaProcess {

	private JavaProcess() {
	}

	/**
	 * Starts a process in {@code target/}, whose output includes its errors.
	 * @param mainClass the main class
	 * @param arguments its arguments
	 * @return the process
	 * @throws IOException if it can't be started
	 */
	public static Process start(Class<?> mainClass, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
				"-XX:+UseSerialGC", "-Xmx384m", "-cp", System.getProperty("java.class.path"), mainClass.getName()));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).directory(new File("target")).redirectErrorStream(true).start();
	}

}
