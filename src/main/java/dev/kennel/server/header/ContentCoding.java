package dev.kennel.server.header;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.zip.GZIPOutputStream;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import org.jspecify.annotations.Nullable;

/**
 * The supported content codings, in order of preference.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3">RFC 9110, section
 * 12.5.3</a>
 */
public enum ContentCoding {

	/** Smaller than gzip at the same cost; uses a native library. */
	BROTLI("br") {
		@Override
		boolean isAvailable() {
			return NativeBrotli.AVAILABLE;
		}

		@Override
		byte[] encode(byte[] bytes) throws IOException {
			return Encoder.compress(bytes, NativeBrotli.PARAMETERS);
		}
	},

	/** Supported by all clients. */
	GZIP("gzip") {
		@Override
		boolean isAvailable() {
			return true;
		}

		@Override
		byte[] encode(byte[] bytes) throws IOException {
			ByteArrayOutputStream encoded = new ByteArrayOutputStream(bytes.length / 4);
			try (GZIPOutputStream gzip = new FastGzip(encoded)) {
				gzip.write(bytes);
			}
			return encoded.toByteArray();
		}
	};

	private final String token;

	ContentCoding(String token) {
		this.token = token;
	}

	public String token() {
		return this.token;
	}

	/** Returns whether the coding is available on this machine. */
	abstract boolean isAvailable();

	abstract byte[] encode(byte[] bytes) throws IOException;

	public byte[] compress(byte[] bytes) {
		try {
			return encode(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Selects a coding by the {@code Accept-Encoding} header.
	 * @param acceptEncoding the header's values, possibly none
	 * @return the preferred coding, or null for identity
	 */
	public static @Nullable ContentCoding negotiate(List<String> acceptEncoding) {
		List<HeaderElement> elements = HeaderElement.all(acceptEncoding);
		ContentCoding best = null;
		double bestQuality = 0;
		for (ContentCoding coding : values()) {
			double quality = coding.quality(elements);
			if (quality > bestQuality && coding.isAvailable()) {
				best = coding;
				bestQuality = quality;
			}
		}
		return best;
	}

	private double quality(List<HeaderElement> elements) {
		double wildcardQuality = 0;
		for (HeaderElement element : elements) {
			if (element.name().equals(this.token)) {
				return element.quality();
			}
			if (element.name().equals("*")) {
				wildcardQuality = element.quality();
			}
		}
		return wildcardQuality;
	}

	/**
	 * Loaded on first use. Without a native library for this platform, gzip is used.
	 */
	private static final class NativeBrotli {

		static final boolean AVAILABLE = Brotli4jLoader.isAvailable();

		/** As fast as the gzip level below. */
		static final Encoder.Parameters PARAMETERS = Encoder.Parameters.create(4);

	}

	/** Responses are compressed for each request, so speed matters more than size. */
	private static final class FastGzip extends GZIPOutputStream {

		FastGzip(ByteArrayOutputStream out) throws IOException {
			super(out);
			this.def.setLevel(4);
		}

	}

}
