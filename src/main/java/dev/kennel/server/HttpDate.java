package dev.kennel.server;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * The time for {@code Date}, formatted once a second.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1">RFC 9110, section
 * 6.6.1</a>
 */
final class HttpDate {

	private static final DateTimeFormatter FORMAT = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
		.withZone(ZoneOffset.UTC);

	private volatile Second current = new Second(0, "");

	/** A second, and how it is written. */
	private record Second(long second, String text) {
	}

	String now() {
		long second = System.currentTimeMillis() / 1000;
		Second known = this.current;
		if (known.second() != second) {
			known = new Second(second, FORMAT.format(Instant.ofEpochSecond(second)));
			this.current = known;
		}
		return known.text();
	}

}
