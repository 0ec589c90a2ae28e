package dev.kennel.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestHandler;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.StringUtils;

/**
 * Serves the build output of a single-page app below a path prefix. The files are read
 * once, so that no request path can reach other files. A path without a file returns the
 * app's page, whose client-side router handles it. A missing file in {@code assets/} is
 * 404: these names contain hashes, so it belongs to another build.
 */
final class SinglePageApp implements RequestHandler {

	/** The name of the app's page. */
	public static final String PAGE = "index.html";

	private static final String ASSETS = "assets/";

	/** The maximum total size of the files in bytes, as they are kept in memory. */
	private static final long MAX_SIZE = 32 * 1024 * 1024;

	/** Allows files of this origin only, and no inline script or style. */
	private static final String CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
			+ "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
			+ "frame-ancestors 'none'";

	private static final Map<String, String> IMMUTABLE = headers("max-age=31536000, public, immutable");

	private static final Map<String, String> REVALIDATED = headers("no-cache");

	private final int prefixLength;

	private final Map<String, StaticFile> files;

	private final StaticFile page;

	private SinglePageApp(String prefix, Map<String, StaticFile> files, StaticFile page) {
		this.prefixLength = prefix.length();
		this.files = files;
		this.page = page;
	}

	private static Map<String, String> headers(String cacheControl) {
		return Map.of(HttpHeaders.CACHE_CONTROL, cacheControl, "Content-Security-Policy", CSP);
	}

	/**
	 * Reads an app. Skips files whose path has a segment that begins with a dot, and
	 * symbolic links that lead out of the folder.
	 * @param folder the folder with {@code index.html}
	 * @param prefix the prefix of request paths, with a trailing slash
	 * @return the app
	 * @throws IOException if the folder can't be read, has no {@code index.html}, or is
	 * larger than the maximum size
	 */
	static SinglePageApp read(Path folder, String prefix) throws IOException {
		if (!Files.isRegularFile(folder.resolve(PAGE))) {
			throw new IOException("there is no " + PAGE + " in " + folder.toAbsolutePath());
		}
		Path root = folder.toRealPath();
		Map<String, StaticFile> files = new HashMap<>();
		long size = 0;
		try (Stream<Path> all = Files.walk(root)) {
			for (Iterator<Path> paths = all.iterator(); paths.hasNext();) {
				Path path = paths.next();
				String name = root.relativize(path).toString().replace('\\', '/');
				if (isHidden(name) || !Files.isRegularFile(path) || !path.toRealPath().startsWith(root)) {
					continue;
				}
				size += Files.size(path);
				if (size > MAX_SIZE) {
					throw new IOException("there are more than 32 MB of files in " + root);
				}
				files.put(name, StaticFile.of(Files.readAllBytes(path), name,
						name.startsWith(ASSETS) ? IMMUTABLE : REVALIDATED));
			}
		}
		StaticFile page = files.get(PAGE);
		if (page == null) {
			throw new IOException(PAGE + " leads out of " + root);
		}
		return new SinglePageApp(prefix, Map.copyOf(files), page);
	}

	private static boolean isHidden(String name) {
		return name.startsWith(".") || name.contains("/.");
	}

	@Override
	public void handle(HttpExchange exchange) {
		String name = StringUtils.uriDecode(exchange.path().substring(this.prefixLength), StandardCharsets.UTF_8);
		StaticFile file = this.files.get(name);
		if (file != null) {
			file.handle(exchange);
		}
		else if (name.startsWith(ASSETS)) {
			exchange.respondError(HttpStatus.NOT_FOUND.value());
		}
		else {
			this.page.handle(exchange);
		}
	}

}
