package dev.kennel.mail;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.ibm.icu.text.IDNA;
import dev.kennel.text.CaseFolding;
import dev.kennel.text.TextNormalizer;
import org.jspecify.annotations.Nullable;

/**
 * The address of a mailbox: a local part and a domain. An internationalized domain has
 * two spellings, {@code bücher.example} and {@code xn--bcher-kva.example}: the canonical
 * one is the first, in lower case. ß and ss stay two, as they are in the DNS. A domain of
 * ASCII keeps its spelling.
 *
 * @param localPart the part before the at sign
 * @param domain the domain in its canonical spelling
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2">RFC 5321, section
 * 4.1.2</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6531#section-3.2">RFC 6531, section
 * 3.2</a>
 * @see <a href="https://www.unicode.org/reports/tr46/">Unicode Technical Standard 46,
 * nontransitional processing</a>
 */
public record Mailbox(String localPart, String domain) {

	/**
	 * Loaded with the first domain that requires it: the JDK implements IDNA 2003 only.
	 */
	private static final class Uts46 {

		static final IDNA PROCESSING = IDNA.getUTS46Instance(IDNA.USE_STD3_RULES | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ
				| IDNA.CHECK_CONTEXTO | IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.NONTRANSITIONAL_TO_UNICODE);

	}

	private static final int MAX_DOMAIN = 253;

	/**
	 * In UTF-16 units: twice the 254 characters of an address. Decoding Punycode takes
	 * time by the square of the length.
	 */
	private static final int MAX_UNITS = 508;

	private static final Pattern HOST = Pattern
		.compile("([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");

	/**
	 * Parses an address.
	 * @param text any text, in Unicode's normal form C
	 * @return the mailbox; empty unless the text has one at sign, no invisible character
	 * before it, and a valid domain of two or more labels after it
	 */
	public static Optional<Mailbox> parse(String text) {
		int at = text.indexOf('@');
		if (text.length() > MAX_UNITS || at < 1 || text.indexOf('@', at + 1) >= 0
				|| text.codePoints().anyMatch(TextNormalizer::isInvisible)) {
			return Optional.empty();
		}
		String domain = text.substring(at + 1);
		if (isHost(domain)) {
			return Optional.of(new Mailbox(text.substring(0, at), domain));
		}
		String unicode = unicode(domain);
		String ascii = (unicode != null) ? ascii(unicode) : null;
		return (unicode != null && ascii != null && isValid(ascii)
				&& unicode.codePoints().noneMatch(TextNormalizer::isInvisible))
						? Optional.of(new Mailbox(text.substring(0, at), unicode)) : Optional.empty();
	}

	/** Returns whether a domain is ASCII, and has no label in Punycode. */
	private static boolean isHost(String domain) {
		return isValid(domain) && Stream.of(domain.split("\\."))
			.noneMatch((label) -> label.toLowerCase(Locale.ROOT).startsWith("xn--"));
	}

	private static boolean isValid(String ascii) {
		return ascii.length() <= MAX_DOMAIN && HOST.matcher(ascii).matches();
	}

	private static @Nullable String unicode(String domain) {
		IDNA.Info info = new IDNA.Info();
		String unicode = Uts46.PROCESSING.nameToUnicode(domain, new StringBuilder(), info).toString();
		return info.hasErrors() ? null : unicode;
	}

	private static @Nullable String ascii(String domain) {
		IDNA.Info info = new IDNA.Info();
		String ascii = Uts46.PROCESSING.nameToASCII(domain, new StringBuilder(), info).toString();
		return info.hasErrors() ? null : ascii;
	}

	/**
	 * Returns the canonical spelling of an address.
	 * @param text any text
	 * @return the address, or the text itself if it is not an address
	 */
	public static String canonical(String text) {
		return parse(text).map(Mailbox::toString).orElse(text);
	}

	/**
	 * Returns the key that compares addresses ignoring case and the spelling of the
	 * domain. Some distinct characters have the same key, such as i and dotless i: see
	 * {@link #isSame}.
	 * @param text any text
	 * @return the key
	 */
	public static String key(String text) {
		return CaseFolding.key(canonical(text));
	}

	/**
	 * Returns the keys by which an address may be stored: that of the canonical spelling
	 * first, and, where they differ, those of the domain in ASCII and of the text itself,
	 * since earlier versions stored what was typed.
	 * @param text any text
	 * @return one to three keys
	 */
	public static List<String> keys(String text) {
		return Stream.of(key(text), CaseFolding.key(toAscii(text)), CaseFolding.key(text)).distinct().toList();
	}

	/**
	 * Returns whether two addresses are certainly the same mailbox: they have the same
	 * domain, and local parts that differ at most in the case of ASCII letters. The
	 * verification of a mailbox does not extend to others with the same key.
	 * @param one an address
	 * @param other an address
	 * @return whether they are the same mailbox
	 */
	public static boolean isSame(String one, String other) {
		return lowerAscii(canonical(one)).equals(lowerAscii(canonical(other)));
	}

	private static String lowerAscii(String text) {
		StringBuilder lower = new StringBuilder(text.length());
		text.codePoints()
			.map((character) -> (character >= 'A' && character <= 'Z') ? character + ('a' - 'A') : character)
			.forEach(lower::appendCodePoint);
		return lower.toString();
	}

	/**
	 * Returns the address with its domain in ASCII, which every mail server accepts.
	 * @param text any text
	 * @return the address, or the text itself if it is not an address
	 */
	public static String toAscii(String text) {
		return parse(text)
			.map((mailbox) -> isHost(mailbox.domain) ? mailbox.toString()
					: mailbox.localPart + "@" + ascii(mailbox.domain))
			.orElse(text);
	}

	/**
	 * Returns the address in its canonical spelling.
	 * @return as {@code ann@bücher.example}
	 */
	@Override
	public String toString() {
		return this.localPart + "@" + this.domain;
	}

}
