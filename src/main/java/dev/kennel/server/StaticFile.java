package dev.kennel.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;

/** A file that clients may read, kept in memory: compressed once for each coding. */
public final class StaticFile implements RequestHandler {

	/** What is smaller is not worth being compressed. */
	private static final int COMPRESSED_FROM = 2048;

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
		this.compressible = content.length >= COMPRESSED_FROM
				&& (contentType.startsWith("text/") || contentType.startsWith("image/svg"));
		CRC32C sum = new CRC32C();
		sum.update(content);
		this.tag = "W/\"" + Long.toHexString(sum.getValue()) + "-" + Integer.toHexString(content.length) + "\"";
	}

	/**
	 * Finds a file.
	 * @param location its place in the class path
	 * @param headers what its responses have beside the headers of all
	 * @return the file, or null if there is none
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
	 * Reads a file that has to be there.
	 * @param location its place in the class path
	 * @param headers what its responses have beside the headers of all
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
	 * Makes a file of its content.
	 * @param content the bytes
	 * @param name the file's name, whose extension tells the media type
	 * @param headers what its responses have beside the headers of all
	 * @return the file
	 */
	public static StaticFile of(byte[] content, String name, Map<String, String> headers) {
		MediaType type = MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM);
		return new StaticFile(content, MediaType.TEXT_HTML.equals(type) ? type + ";charset=UTF-8" : type.toString(),
				headers);
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
		byte[] ready = this.compressed.get(coding);
		if (ready != null) {
			respond(exchange, coding, ready);
		}
		else {
			// Megabytes take an event loop too long.
			exchange.run(() -> respond(exchange, coding,
					this.compressed.computeIfAbsent(coding, (one) -> one.compress(this.content))));
		}
	}

	private void respond(HttpExchange exchange, ContentCoding coding, byte[] body) {
		exchange.setHeader("Content-Encoding", coding.token());
		exchange.respond(200, this.contentType, body);
	}

}
