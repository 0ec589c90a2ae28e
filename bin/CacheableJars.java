import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Removes from all jars in a directory what keeps their classes out of the AOT cache: signatures, and {@code Sealed: true}. The
 * JVM even exits if a sealed package is loaded from another path than that of the cache. It also removes all attributes of
 * manifests that Java does not read: Java parses half a megabyte of them at each start.
 */
final class CacheableJars {

	private static final Set<Attributes.Name> READ = Stream
		.of("Manifest-Version", "Multi-Release", "Class-Path", "Automatic-Module-Name", "Enable-Native-Access",
			"Specification-Title", "Specification-Version", "Specification-Vendor",
			"Implementation-Title", "Implementation-Version", "Implementation-Vendor")
		.map(Attributes.Name::new)
		.collect(Collectors.toSet());

	public static void main(String[] args) throws IOException {
		try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
			for (Path jar : jars) {
				try (FileSystem files = FileSystems.newFileSystem(jar)) {
					Path metaInf = files.getPath("META-INF");
					if (Files.exists(metaInf.resolve("MANIFEST.MF"))) {
						removeSignatures(metaInf);
						rewrite(metaInf.resolve("MANIFEST.MF"));
					}
				}
			}
		}
	}

	private static void removeSignatures(Path metaInf) throws IOException {
		try (DirectoryStream<Path> signatures = Files.newDirectoryStream(metaInf, "*.{SF,RSA,DSA,EC}")) {
			for (Path signature : signatures) {
				Files.delete(signature);
			}
		}
	}

	private static void rewrite(Path file) throws IOException {
		Manifest manifest;
		try (InputStream input = Files.newInputStream(file)) {
			manifest = new Manifest(input);
		}
		// Sections of entries have digests, seals or versions of packages, none of which is needed.
		boolean changed = !manifest.getEntries().isEmpty();
		manifest.getEntries().clear();
		changed |= manifest.getMainAttributes().keySet().removeIf((name) -> !READ.contains(name));
		if (changed) {
			try (OutputStream output = Files.newOutputStream(file)) {
				manifest.write(output);
			}
		}
	}

}
