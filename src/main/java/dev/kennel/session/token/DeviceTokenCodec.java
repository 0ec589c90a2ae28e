package dev.kennel.session.token;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

import dev.kennel.account.DeviceProof;
import dev.kennel.account.DeviceTokens;
import dev.kennel.account.DeviceTrust;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.NodeKind;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Issues and verifies device tokens: signed proofs that a device has logged in to an
 * account. They outlive the session. Their {@code typ} differs from that of access
 * tokens, so that neither is accepted as the other.
 *
 * @see <a href=
 * "https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies">OWASP,
 * Slow Down Online Guessing Attacks with Device Cookies</a>
 */
@Component
public class DeviceTokenCodec implements DeviceTokens {

	/** Each log-in renews it. */
	public static final Duration LIFETIME = Duration.ofDays(365);

	private static final String TYPE = "device+jwt";

	/** The claim with the fingerprint of the password. */
	private static final String PASSWORD = "pwf";

	/** The claims of a device that has proved the second factor. */
	private static final String TRUST = "sft";

	private static final String TRUSTED_SINCE = "sfa";

	/**
	 * Keeps services that verify access tokens without checking {@code typ} from
	 * accepting a device token (RFC 8725, section 3.12).
	 */
	private static final String AUDIENCE_SUFFIX = "/device";

	/** Exceeds every device token, and bounds the cost of a huge one. */
	private static final int MAX_LENGTH = 2_048;

	private final JwtProfile profile;

	private final Clock clock;

	private final JwtParser parser;

	DeviceTokenCodec(AuthProperties properties, SigningKeySet keys, Clock clock) {
		this.clock = clock;
		this.profile = new JwtProfile(keys, TYPE, properties.issuer(), properties.audience() + AUDIENCE_SUFFIX);
		this.parser = this.profile.parser(clock).build();
	}

	@Override
	public String issue(AccountId account, String passwordFingerprint, @Nullable DeviceProof previous,
			@Nullable DeviceTrust trust) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
		String id = (previous != null && previous.account().equals(account)) ? previous.id()
				: UUID.randomUUID().toString();
		return this.profile.sign(NodeKind.USER.id(account.value()).toString(), now, now.plus(LIFETIME), (token) -> {
			token.id(id).claim(PASSWORD, passwordFingerprint);
			return (trust != null)
					? token.claim(TRUST, trust.id().toString()).claim(TRUSTED_SINCE, trust.since().getEpochSecond())
					: token;
		});
	}

	private static @Nullable DeviceTrust trust(Claims claims) {
		String id = claims.get(TRUST, String.class);
		return (id != null && claims.get(TRUSTED_SINCE) instanceof Number since)
				? new DeviceTrust(UUID.fromString(id), Instant.ofEpochSecond(since.longValue())) : null;
	}

	@Override
	public @Nullable DeviceProof verify(@Nullable String token) {
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
							? new DeviceProof(id, new AccountId(NodeKind.USER.uuid(subject)), password, trust(claims))
							: null;
		}
		catch (JwtException | IllegalArgumentException ex) {
			return null;
		}
	}

}
