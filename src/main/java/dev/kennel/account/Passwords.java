package dev.kennel.account;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/** Hashes passwords. It takes long, so that no transaction may be open meanwhile. */
@Component
class Passwords {

	/** In UTF-16 units: 128 characters. */
	private static final int MAX_LENGTH = 256;

	private final PasswordEncoder encoder;

	private final String nobodysHash;

	Passwords(PasswordEncoder encoder, PasswordHashingProperties properties) {
		this.encoder = encoder;
		this.nobodysHash = PasswordConfiguration.nobodysHash(properties);
	}

	/**
	 * Compared with the password of whoever has no account, so that it takes the same
	 * time.
	 */
	String nobodysHash() {
		return this.nobodysHash;
	}

	String hash(String password) {
		return String.valueOf(this.encoder.encode(password));
	}

	/**
	 * Answers whether a password is the one of a hash, in the same time if there is none.
	 * @param password any text
	 * @param hash the hash, or null if there is no account
	 * @return whether it is; never if there is no account
	 */
	boolean matches(String password, @Nullable String hash) {
		// What can be nobody's password is not hashed: the encoder would refuse some of
		// it.
		boolean possible = password.length() <= MAX_LENGTH && StandardCharsets.UTF_8.newEncoder().canEncode(password);
		return this.encoder.matches(possible ? password : "", (hash != null) ? hash : this.nobodysHash) && possible
				&& hash != null;
	}

	/** Whether a hash was made in a way that is not good enough any more. */
	boolean isOutdated(String hash) {
		return this.encoder.upgradeEncoding(hash);
	}

}
