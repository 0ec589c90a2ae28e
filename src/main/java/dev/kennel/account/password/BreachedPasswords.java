package dev.kennel.account.password;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.stereotype.Component;

/**
 * The passwords that are known from data breaches, as a download of Have I Been Pwned:
 * one file of all SHA-1 hashes, or a directory with a file for each range of hashes,
 * named after the first five digits. No password or hash leaves the machine. The files
 * are read at each call, so that a newer download may be moved into their place.
 *
 * @see <a href="https://haveibeenpwned.com/API/v3#PwnedPasswords">Have I Been Pwned,
 * Pwned Passwords</a>
 */
@Component
class BreachedPasswords {

	/** The digits of a SHA-1 hash. */
	private static final int DIGITS = 40;

	private static final int PREFIX_DIGITS = 5;

	private static final String FIRST_RANGE = "00000";

	private static final String LAST_RANGE = "FFFFF";

	private static final HexFormat HEX = HexFormat.of().withUpperCase();

	private final @Nullable Path location;

	/** The suffix of the names of range files; null for one file of all hashes. */
	private final @Nullable String rangeSuffix;

	/**
	 * Checks the files.
	 * @throws InvalidConfigurationPropertyValueException if they are missing, malformed
	 * or cut off
	 */
	BreachedPasswords(BreachedPasswordsProperties properties) {
		try {
			this.location = properties.isConfigured() ? Path.of(properties.location()) : null;
			this.rangeSuffix = (this.location != null) ? check(this.location) : null;
		}
		catch (InvalidPathException | FileSystemException ex) {
			throw invalid(properties, "it can't be read: " + ex);
		}
		catch (IOException ex) {
			throw invalid(properties, ex.getMessage());
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(BreachedPasswordsProperties properties,
			@Nullable String reason) {
		return new InvalidConfigurationPropertyValueException("kennel.auth.breached-passwords.location",
				properties.location(),
				"It takes the file or the directory of SHA-1 hashes that haveibeenpwned-downloader has written, but "
						+ reason + ".");
	}

	private static @Nullable String check(Path location) throws IOException {
		if (!Files.exists(location)) {
			throw new IOException("there is no " + location);
		}
		if (!Files.isDirectory(location)) {
			new SortedHashFile(location, DIGITS).check(FIRST_RANGE, LAST_RANGE);
			return null;
		}
		// The first and the last one: a download that was interrupted lacks ranges.
		String suffix = Files.exists(location.resolve(LAST_RANGE)) ? "" : ".txt";
		for (String range : new String[] { FIRST_RANGE, LAST_RANGE }) {
			Path file = location.resolve(range + suffix);
			if (!Files.exists(file)) {
				throw new IOException("there is no " + file);
			}
			new SortedHashFile(file, DIGITS - PREFIX_DIGITS).check("", "");
		}
		return suffix;
	}

	boolean isConfigured() {
		return this.location != null;
	}

	/**
	 * Returns whether a password is known. Reads files.
	 * @param password the password, prepared as in RFC 8265
	 * @return whether it is; false if no location is configured
	 * @throws IllegalStateException if the files can't be read any more
	 */
	boolean contains(String password) {
		if (this.location == null) {
			return false;
		}
		String hash = hash(password);
		try {
			if (this.rangeSuffix == null) {
				return new SortedHashFile(this.location, DIGITS).contains(hash);
			}
			Path range = this.location.resolve(hash.substring(0, PREFIX_DIGITS) + this.rangeSuffix);
			return new SortedHashFile(range, DIGITS - PREFIX_DIGITS).contains(hash.substring(PREFIX_DIGITS));
		}
		catch (IOException ex) {
			// Without the cause: it may name the range of the password.
			throw new IllegalStateException(
					"The breached passwords in " + this.location + " can't be read: " + ex.getClass().getSimpleName());
		}
	}

	private static String hash(String password) {
		try {
			return HEX.formatHex(MessageDigest.getInstance("SHA-1").digest(password.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
