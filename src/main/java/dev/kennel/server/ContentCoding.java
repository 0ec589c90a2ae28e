package dev.kennel.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
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
public enum ContentCoding {

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

	public String token() {
		return this.token;
	}

	/** Whether this machine can do it. */
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
	 * Chooses by the {@code Accept-Encoding} header.
	 * @param acceptEncoding the header's values, of which there may be none
	 * @return the client's favourite, or null if the body is to be left as it is
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
		double any = 0;
		for (HeaderElement element : elements) {
			if (element.name().equals(this.token)) {
				return element.quality();
			}
			if (element.name().equals("*")) {
				any = element.quality();
			}
		}
		return any;
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
