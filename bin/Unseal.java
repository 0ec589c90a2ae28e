import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/**
 * Removes {@code Sealed: true} from the manifests of all jars in a directory: the JVM exits if a sealed package is loaded
 * from another path than that of the AOT cache.
 */
final class Unseal {

	public static void main(String[] args) throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
			for (Path jar : jars) {
				try (FileSystem files = FileSystems.newFileSystem(jar)) {
					unseal(files.getPath("META-INF", "MANIFEST.MF"));
				}
			}
		}
	}

	private static void unseal(Path file) throws IOException {
		if (Files.notExists(file)) {
			return;
		}
		Manifest manifest;
		try (InputStream input = Files.newInputStream(file)) {
			manifest = new Manifest(input);
		}
		boolean sealed = manifest.getMainAttributes().remove(Attributes.Name.SEALED) != null;
		for (Attributes section : manifest.getEntries().values()) {
			sealed |= section.remove(Attributes.Name.SEALED) != null;
		}
		if (sealed) {
			try (OutputStream output = Files.newOutputStream(file)) {
				manifest.write(output);
			}
		}
	}

}
