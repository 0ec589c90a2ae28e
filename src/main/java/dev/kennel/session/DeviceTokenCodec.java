package dev.kennel.session;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

import dev.kennel.account.DeviceProof;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Makes and reads device tokens: signed proofs that a device has logged in to an account.
 * They outlive the session, and are of a type of their own, so that none is an access
 * token, and no access token is one of them.
 *
 * @see <a href=
 * "https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies">OWASP,
 * Slow Down Online Guessing Attacks with Device Cookies</a>
 */
@Component
class DeviceTokenCodec {

	/** Each log-in begins it anew. */
	static final Duration LIFETIME = Duration.ofDays(365);

	private static final String TYPE = "device+jwt";

	/** The claim that has the fingerprint of the password. */
	private static final String PASSWORD = "pwf";

	/**
	 * Keeps services that verify access tokens, and look at no {@code typ}, from taking a
	 * device token for one (RFC 8725, section 3.12).
	 */
	private static final String AUDIENCE_SUFFIX = "/device";

	/** Longer than any device token, and short enough that a huge one costs nothing. */
	private static final int MAX_LENGTH = 2_048;

	private final JwtProfile profile;

	private final Clock clock;

	private final JwtParser parser;

	DeviceTokenCodec(AuthProperties properties, SigningKeySet keys, Clock clock) {
		this.clock = clock;
		this.profile = new JwtProfile(keys, TYPE, properties.issuer(), properties.audience() + AUDIENCE_SUFFIX);
		this.parser = this.profile.parser(clock).build();
	}

	/**
	 * Makes a token for a device that has just logged in.
	 * @param account the account that it has logged in to
	 * @param passwordFingerprint the fingerprint of the account's password
	 * @param before what the device had shown; it keeps its id, and with it its rate
	 * limit, if that was a proof for the same account
	 */
	String issue(AccountId account, String passwordFingerprint, @Nullable DeviceProof before) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
		String id = (before != null && before.account().equals(account)) ? before.id() : UUID.randomUUID().toString();
		return this.profile.sign(NodeKind.USER.id(account.value()).toString(), now, now.plus(LIFETIME),
				(token) -> token.id(id).claim(PASSWORD, passwordFingerprint));
	}

	/**
	 * Reads a token.
	 * @param token any text, or null
	 * @return what it proves, if the account's password is still the same; null unless it
	 * was made here, is whole, and has not expired
	 */
	@Nullable DeviceProof verify(@Nullable String token) {
		if (token == null || !JwtProfile.isCompact(token, MAX_LENGTH)) {
			return null;
		}
		try {
			Claims claims = this.parser.parseSignedClaims(token).getPayload();
			String id = claims.getId();
			String subject = claims.getSubject();
			String password = claims.get(PASSWORD, String.class);
			return (id != null && subject != null && password != null && claims.getExpiration() != null
					&& this.profile.isOwn(claims))
							? new DeviceProof(id, new AccountId(NodeKind.USER.uuid(subject)), password) : null;
		}
		catch (JwtException | IllegalArgumentException ex) {
			return null;
		}
	}

}
