package dev.kennel.factor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

import dev.kennel.identity.AccountId;
import dev.kennel.secret.DerivedKeys;

import org.springframework.stereotype.Component;

/**
 * Encrypts the secrets of one-time codes with AES-GCM. A sealed secret is bound to its
 * account: it can't be opened in the row of another one.
 *
 * @see <a href="https://csrc.nist.gov/pubs/sp/800/38/d/final">NIST SP 800-38D</a>
 */
@Component
class SecretSealer {

	private static final String PURPOSE = "kennel totp secret 1";

	private static final String TRANSFORMATION = "AES/GCM/NoPadding";

	private static final int NONCE_BYTES = 12;

	private static final int TAG_BITS = 128;

	private final SecureRandom random = new SecureRandom();

	private final DerivedKeys keys;

	SecretSealer(DerivedKeys keys) {
		this.keys = keys;
	}

	/** Returns the id of the key that {@link #seal} uses. */
	String currentKeyId() {
		return this.keys.currentId();
	}

	SealedSecret seal(AccountId account, byte[] secret) {
		byte[] nonce = new byte[NONCE_BYTES];
		this.random.nextBytes(nonce);
		String keyId = this.keys.currentId();
		byte[] sealed = execute(Cipher.ENCRYPT_MODE, keyId, nonce, account, secret);
		return new SealedSecret(keyId,
				ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array());
	}

	/**
	 * Decrypts a secret.
	 * @throws IllegalStateException if its key is not configured any more, or is another
	 * one of the same id
	 */
	byte[] open(AccountId account, SealedSecret secret) {
		byte[] bytes = secret.bytes();
		return execute(Cipher.DECRYPT_MODE, secret.keyId(), Arrays.copyOf(bytes, NONCE_BYTES), account,
				Arrays.copyOfRange(bytes, NONCE_BYTES, bytes.length));
	}

	private byte[] execute(int mode, String keyId, byte[] nonce, AccountId account, byte[] input) {
		SecretKey key = this.keys.derive(keyId, PURPOSE);
		if (key == null) {
			throw new IllegalStateException("The secret of a one-time code is encrypted with the key " + keyId
					+ ", which kennel.auth.keys lacks");
		}
		try {
			Cipher cipher = Cipher.getInstance(TRANSFORMATION);
			cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
			cipher.updateAAD(account.value().toString().getBytes(StandardCharsets.UTF_8));
			return cipher.doFinal(input);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The secret of a one-time code can't be read with the key " + keyId, ex);
		}
	}

}
