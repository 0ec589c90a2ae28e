package dev.kennel.server.header;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import io.netty.util.AsciiString;

/**
 * The value of the {@code Date} header, formatted once per second.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1">RFC 9110, section
 * 6.6.1</a>
 */
public final class HttpDate {

	private static final DateTimeFormatter FORMAT = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
		.withZone(ZoneOffset.UTC);

	private volatile FormattedSecond current = new FormattedSecond(0, AsciiString.EMPTY_STRING);

	/** A second and its formatted text. */
	private record FormattedSecond(long second, AsciiString text) {
	}

	/**
	 * Returns the value for the current second.
	 * @return the value
	 */
	public AsciiString now() {
		long second = System.currentTimeMillis() / 1000;
		FormattedSecond cached = this.current;
		if (cached.second() != second) {
			cached = new FormattedSecond(second, new AsciiString(FORMAT.format(Instant.ofEpochSecond(second))));
			this.current = cached;
		}
		return cached.text();
	}

}
