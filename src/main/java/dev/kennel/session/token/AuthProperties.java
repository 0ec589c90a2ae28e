package dev.kennel.session.token;

import java.time.Duration;
import java.util.List;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of sessions and tokens.
 *
 * @param driver how tokens are transported
 * @param issuer the {@code iss} of access tokens; those of another are refused
 * @param audience the {@code aud} of access tokens; those for another are refused
 * @param keys the keys that access tokens are signed with; the first signs, all verify
 * @param accessTokenLifetime how long an access token is valid
 * @param refreshTokenIdleLifetime how long a session lasts without a refresh
 * @param sessionLifetime how long a session lasts at most
 * @param reauthenticationAge the age of the proof that mutations need which end other
 * sessions, or change factors or passkeys
 * @param cookieSecure whether cookies are sent over TLS only; may be off on a plain-http
 * localhost
 */
@Validated
@ConfigurationProperties("kennel.auth")
public record AuthProperties(@DefaultValue("jwt") Driver driver, @DefaultValue("kennel") @NotBlank String issuer,
		@DefaultValue("kennel") @NotBlank String audience, @DefaultValue List<@Valid Key> keys,
		@DefaultValue("5m") @NotNull @DurationMin(seconds = 10) Duration accessTokenLifetime,
		@DefaultValue("30d") @NotNull Duration refreshTokenIdleLifetime,
		@DefaultValue("90d") @NotNull Duration sessionLifetime,
		@DefaultValue("10m") @NotNull @DurationMin(seconds = 1) Duration reauthenticationAge,
		@DefaultValue("true") boolean cookieSecure) {

	@AssertTrue(message = "kennel.auth.access-token-lifetime may not be greater than "
			+ "kennel.auth.refresh-token-idle-lifetime, and that not greater than kennel.auth.session-lifetime")
	boolean isOrderOfLifetimes() {
		return this.accessTokenLifetime.compareTo(this.refreshTokenIdleLifetime) <= 0
				&& this.refreshTokenIdleLifetime.compareTo(this.sessionLifetime) <= 0;
	}

	@AssertTrue(message = "kennel.auth.keys has two keys with the same id")
	boolean isEachKeyIdUnique() {
		return this.keys.stream().map(Key::id).distinct().count() == this.keys.size();
	}

	/** How tokens are transported. */
	public enum Driver {

		/** In payloads, and in the {@code Authorization} header. */
		JWT,

		/** In {@code HttpOnly} cookies. */
		COOKIE

	}

	/**
	 * A signing key.
	 *
	 * @param id the {@code kid} of its tokens
	 * @param algorithm the signature's algorithm
	 * @param secret the key of HS256: at least 256 random bits, in base64
	 * @param privateKey the key of the other algorithms, in PEM
	 */
	public record Key(
			@NotBlank(message = "names the key, and has to be set: any name, for instance 2026-01") @Pattern(
					regexp = "[A-Za-z0-9._-]{1,64}") String id,
			@DefaultValue("HS256") SigningAlgorithm algorithm, @Nullable String secret, @Nullable String privateKey) {

		@Override
		public String toString() {
			return "Key[id=" + this.id + ", algorithm=" + this.algorithm + "]";
		}

	}

}
