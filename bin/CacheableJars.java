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
 * Removes from all jars in a directory what keeps their classes out of the AOT cache: signatures, and {@code Sealed: true}. The
 * JVM even exits if a sealed package is loaded from another path than that of the cache.
 */
final class CacheableJars {

	public static void main(String[] args) throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
			for (Path jar : jars) {
				try (FileSystem files = FileSystems.newFileSystem(jar)) {
					Path metaInf = files.getPath("META-INF");
					if (Files.exists(metaInf.resolve("MANIFEST.MF"))) {
						rewrite(metaInf.resolve("MANIFEST.MF"), removeSignatures(metaInf));
					}
				}
			}
		}
	}

	/** Returns whether the jar was signed. */
	private static boolean removeSignatures(Path metaInf) throws IOException {
		boolean signed = false;
		try (DirectoryStream<Path> signatures = Files.newDirectoryStream(metaInf, "*.{SF,RSA,DSA,EC}")) {
			for (Path signature : signatures) {
				Files.delete(signature);
				signed = true;
			}
		}
		return signed;
	}

	private static void rewrite(Path file, boolean signed) throws IOException {
		Manifest manifest;
		try (InputStream input = Files.newInputStream(file)) {
			manifest = new Manifest(input);
		}
		boolean changed = signed | manifest.getMainAttributes().remove(Attributes.Name.SEALED) != null;
		if (signed) {
			// The digests of all entries.
			manifest.getEntries().clear();
		}
		for (Attributes section : manifest.getEntries().values()) {
			changed |= section.remove(Attributes.Name.SEALED) != null;
		}
		if (changed) {
			try (OutputStream output = Files.newOutputStream(file)) {
				manifest.write(output);
			}
		}
	}

}
