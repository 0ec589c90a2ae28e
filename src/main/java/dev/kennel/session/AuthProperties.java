package dev.kennel.session;

import java.time.Duration;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How access tokens are made.
 *
 * @param issuer the {@code iss} of tokens; tokens of another are refused
 * @param keys the keys that tokens are signed with; the first signs, all verify
 * @param accessTokenLifetime how long a token is valid
 */
@Validated
@ConfigurationProperties("kennel.auth")
record AuthProperties(@DefaultValue("kennel") @NotBlank String issuer, @DefaultValue List<@Valid Key> keys,
		@DefaultValue("5m") @NotNull @DurationMin(seconds = 10) Duration accessTokenLifetime) {

	/**
	 * A signing key.
	 *
	 * @param id what a token's {@code kid} says
	 * @param algorithm the signature's algorithm
	 * @param secret the key, at least 256 bits, in base64
	 */
	record Key(@NotBlank @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") String id,
			@DefaultValue("HS256") Algorithm algorithm, @Nullable String secret) {

		@Override
		public String toString() {
			return "Key[id=" + this.id + ", algorithm=" + this.algorithm + "]";
		}

	}

	/** The algorithms of RFC 7518 that tokens can be signed with. */
	enum Algorithm {

		/** HMAC with SHA-256. */
		HS256

	}

}
