package dev.kennel.graphql.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import org.jspecify.annotations.Nullable;

/**
 * How an answer can be compressed, in the order in which it is preferred.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3">RFC 9110, section
 * 12.5.3</a>
 */
enum ContentCoding {

	/** Smaller than gzip at the same cost; its library is written in C. */
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

	/** What everybody takes. */
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

	String token() {
		return this.token;
	}

	/** Whether this machine can do it. */
	abstract boolean isAvailable();

	abstract byte[] encode(byte[] bytes) throws IOException;

	byte[] compress(byte[] bytes) {
		try {
			return encode(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Chooses by the {@code Accept-Encoding} header.
	 * @param acceptEncoding the header's value, or null if there is none
	 * @return the client's favourite, or null if the answer is to be left as it is
	 */
	static @Nullable ContentCoding negotiate(@Nullable String acceptEncoding) {
		if (acceptEncoding == null) {
			return null;
		}
		ContentCoding best = null;
		double bestQuality = 0;
		for (ContentCoding coding : values()) {
			double quality = coding.quality(acceptEncoding);
			if (quality > bestQuality && coding.isAvailable()) {
				best = coding;
				bestQuality = quality;
			}
		}
		return best;
	}

	private double quality(String acceptEncoding) {
		double any = 0;
		for (String element : acceptEncoding.split(",")) {
			String[] parts = element.split(";");
			String name = parts[0].strip().toLowerCase(Locale.ROOT);
			if (name.equals(this.token)) {
				return quality(parts);
			}
			if (name.equals("*")) {
				any = quality(parts);
			}
		}
		return any;
	}

	private static double quality(String[] parts) {
		for (int i = 1; i < parts.length; i++) {
			String parameter = parts[i].strip();
			if (parameter.regionMatches(true, 0, "q=", 0, 2)) {
				try {
					return Double.parseDouble(parameter.substring(2).strip());
				}
				catch (NumberFormatException ex) {
					return 0;
				}
			}
		}
		return 1;
	}

	/**
	 * Loaded when the first client asks for it: where the library does not fit the
	 * machine, there is gzip.
	 */
	private static final class NativeBrotli {

		static final boolean AVAILABLE = Brotli4jLoader.isAvailable();

		/** As fast as gzip's level below. */
		static final Encoder.Parameters PARAMETERS = Encoder.Parameters.create(4);

	}

	/** Answers are compressed once for each request, so that speed counts. */
	private static final class FastGzip extends GZIPOutputStream {

		FastGzip(ByteArrayOutputStream out) throws IOException {
			super(out);
			this.def.setLevel(4);
		}

	}

}
