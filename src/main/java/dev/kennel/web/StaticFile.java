package dev.kennel.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

import dev.kennel.server.HttpExchange;
import dev.kennel.server.RequestHandler;
import dev.kennel.server.header.ContentCoding;
import dev.kennel.server.header.HeaderList;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;

/** Serves a static file from memory, compressed once per content coding. */
public final class StaticFile implements RequestHandler {

	/** Smaller files are not compressed. */
	private static final int MIN_COMPRESSED_SIZE = 2048;

	private final byte[] content;

	private final String contentType;

	private final String tag;

	private final Map<String, String> headers;

	private final boolean compressible;

	private final Map<ContentCoding, byte[]> compressed = new ConcurrentHashMap<>();

	private StaticFile(byte[] content, String contentType, Map<String, String> headers) {
		this.content = content;
		this.contentType = contentType;
		this.headers = headers;
		this.compressible = content.length >= MIN_COMPRESSED_SIZE
				&& (contentType.startsWith("text/") || contentType.startsWith("image/svg"));
		CRC32C sum = new CRC32C();
		sum.update(content);
		this.tag = "W/\"" + Long.toHexString(sum.getValue()) + "-" + Integer.toHexString(content.length) + "\"";
	}

	/**
	 * Reads a file from the class path.
	 * @param location the location in the class path
	 * @param headers the additional headers of its responses
	 * @return the file, or null if it does not exist
	 */
	public static @Nullable StaticFile find(String location, Map<String, String> headers) {
		ClassPathResource resource = new ClassPathResource(location, StaticFile.class.getClassLoader());
		if (location.endsWith("/") || !resource.isReadable()) {
			return null;
		}
		try (InputStream stream = resource.getInputStream()) {
			return of(stream.readAllBytes(), location, headers);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads a required file from the class path.
	 * @param location the location in the class path
	 * @param headers the additional headers of its responses
	 * @return the file
	 */
	public static StaticFile of(String location, Map<String, String> headers) {
		StaticFile file = find(location, headers);
		if (file == null) {
			throw new IllegalStateException("There is no " + location + " in the class path");
		}
		return file;
	}

	/**
	 * Creates a file with a content.
	 * @param content the bytes
	 * @param name the file name, whose extension determines the media type
	 * @param headers the additional headers of its responses
	 * @return the file
	 */
	public static StaticFile of(byte[] content, String name, Map<String, String> headers) {
		MediaType type = MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM);
		return ofType(content, MediaType.TEXT_HTML.equals(type) ? type + ";charset=UTF-8" : type.toString(), headers);
	}

	/**
	 * Creates a file with a content of a media type.
	 * @param content the bytes
	 * @param contentType the media type
	 * @param headers the additional headers of its responses
	 * @return the file
	 */
	public static StaticFile ofType(byte[] content, String contentType, Map<String, String> headers) {
		return new StaticFile(content, contentType, headers);
	}

	@Override
	public void handle(HttpExchange exchange) {
		this.headers.forEach(exchange::setHeader);
		exchange.setHeader("ETag", this.tag);
		if (this.compressible) {
			exchange.addHeader("Vary", "Accept-Encoding");
		}
		if (HeaderList.hasEntityTag(exchange.headers("If-None-Match"), this.tag)) {
			exchange.respond(304);
			return;
		}
		ContentCoding coding = this.compressible ? ContentCoding.negotiate(exchange.headers("Accept-Encoding")) : null;
		if (coding == null) {
			exchange.respond(200, this.contentType, this.content);
			return;
		}
		byte[] cached = this.compressed.get(coding);
		if (cached != null) {
			respond(exchange, coding, cached);
		}
		else {
			// Compressing megabytes would block the event loop.
			exchange.run(() -> respond(exchange, coding,
					this.compressed.computeIfAbsent(coding, (one) -> one.compress(this.content))));
		}
	}

	private void respond(HttpExchange exchange, ContentCoding coding, byte[] body) {
		exchange.setHeader("Content-Encoding", coding.token());
		exchange.respond(200, this.contentType, body);
	}

}
