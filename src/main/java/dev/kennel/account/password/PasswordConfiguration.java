package dev.kennel.account.password;

import java.util.Base64;
import java.util.Map;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/**
 * Configures the password encoder. A hash's prefix names its algorithm, so that hashes of
 * other systems can be imported.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({ Argon2Properties.class, BreachedPasswordsProperties.class })
class PasswordConfiguration {

	private static final int SALT_BYTES = 16;

	private static final int HASH_BYTES = 32;

	/** Hashes by Argon2id, and verifies what earlier settings have hashed. */
	@Bean
	PasswordEncoder passwordEncoder(Argon2Properties properties) {
		PasswordEncoder argon2 = new Argon2PasswordEncoder(SALT_BYTES, HASH_BYTES, properties.parallelism(),
				Math.toIntExact(properties.memory().toKilobytes()), properties.iterations());
		PasswordEncoder bcrypt = new BCryptPasswordEncoder();
		DelegatingPasswordEncoder encoder = new DelegatingPasswordEncoder("argon2",
				Map.of("argon2", argon2, "argon2@SpringSecurity_v5_8", argon2, "bcrypt", bcrypt));
		// Most systems write bcrypt hashes without a prefix. A malformed hash matches no
		// password, and is logged.
		encoder.setDefaultPasswordEncoderForMatches(bcrypt);
		return encoder;
	}

	/**
	 * Returns a hash that costs as much to verify as any other, and that no known
	 * password has. Computing one instead would delay the start more than anything else
	 * that Kennel itself does.
	 */
	static String dummyHash(Argon2Properties properties) {
		Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
		return "{argon2}$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s".formatted(properties.memory().toKilobytes(),
				properties.iterations(), properties.parallelism(), base64.encodeToString(new byte[SALT_BYTES]),
				base64.encodeToString(new byte[HASH_BYTES]));
	}

}
