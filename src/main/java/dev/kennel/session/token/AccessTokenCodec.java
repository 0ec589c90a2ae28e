package dev.kennel.session.token;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.kennel.error.ErrorReason;
import dev.kennel.identity.AccountId;
import dev.kennel.identity.Caller;
import dev.kennel.identity.CallerAuthentication;
import dev.kennel.identity.NodeKind;
import dev.kennel.text.Base64Url;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Issues and verifies access tokens.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9068">RFC 9068, JWT profile for access
 * tokens</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8725">RFC 8725, JWT best current
 * practices</a>
 */
@Component
public class AccessTokenCodec {

	private static final String SESSION = "sid";

	private static final String TYPE = "at+jwt";

	/**
	 * How far the clock of the instance that issued a token may be ahead. Expiry has no
	 * such leeway: an instance that refuses a token early makes the client refresh it,
	 * and one that accepts it late extends what a thief has stolen.
	 */
	private static final long CLOCK_SKEW_SECONDS = 30;

	/**
	 * Exceeds every token of Kennel's, and bounds the cost of a huge one.
	 */
	private static final int MAX_LENGTH = 4_096;

	/** Entries take some hundred bytes each. */
	private static final int MAX_VERIFIED = 10_000;

	private final AuthProperties properties;

	private final Clock clock;

	private final JwtProfile profile;

	private final JwtParser parser;

	/**
	 * Caches tokens whose signature was verified; their times are checked on each use.
	 * Refused tokens are not cached, so that the cache can't be filled without logging
	 * in.
	 */
	private final Cache<String, Verified> verified;

	AccessTokenCodec(AuthProperties properties, SigningKeySet keys, Clock clock) {
		this.properties = properties;
		this.clock = clock;
		this.profile = new JwtProfile(keys, TYPE, properties.issuer(), properties.audience());
		this.parser = this.profile.parser(clock).build();
		this.verified = Caffeine.newBuilder()
			// On the calling thread: another one would cost more than the maintenance
			// itself.
			.executor(Runnable::run)
			.maximumSize(MAX_VERIFIED)
			.expireAfterWrite(properties.accessTokenLifetime())
			.build();
	}

	/**
	 * The claims of a token whose signature was verified.
	 *
	 * @param caller the caller that it was issued to
	 * @param issuedAt the {@code iat}, or null if absent
	 */
	private record Verified(Caller caller, @Nullable Instant issuedAt) {
	}

	/**
	 * Issues a token.
	 * @param account the account
	 * @param session the session
	 * @param sessionEnd the absolute expiry of the session, which the token does not
	 * outlast
	 */
	public AccessToken issue(AccountId account, UUID session, Instant sessionEnd) {
		Instant now = this.clock.instant().truncatedTo(ChronoUnit.SECONDS);
		Instant end = now.plus(this.properties.accessTokenLifetime());
		Instant expiresAt = end.isBefore(sessionEnd) ? end : sessionEnd.truncatedTo(ChronoUnit.SECONDS);
		String value = this.profile.sign(NodeKind.USER.id(account.value()).toString(), now, expiresAt,
				(token) -> token.claim(SESSION, NodeKind.SESSION.id(session).toString()));
		return new AccessToken(value, expiresAt);
	}

	/**
	 * Verifies a token.
	 * @param token any text
	 * @return the caller that it was issued to; refused as
	 * {@link ErrorReason#TOKEN_EXPIRED} from its expiry on if this service issued it, and
	 * as {@link ErrorReason#TOKEN_INVALID} if the signature, issuer or audience is wrong,
	 * or {@code iat} is in the future
	 */
	public CallerAuthentication verify(String token) {
		Verified cached = this.verified.getIfPresent(token);
		Verified known = (cached != null) ? cached : parse(token);
		if (known == null) {
			return CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
		}
		Instant now = this.clock.instant();
		if (known.issuedAt() != null && known.issuedAt().isAfter(now.plusSeconds(CLOCK_SKEW_SECONDS))) {
			return CallerAuthentication.refused(ErrorReason.TOKEN_INVALID);
		}
		if (!now.isBefore(known.caller().expiresAt())) {
			return CallerAuthentication.refused(ErrorReason.TOKEN_EXPIRED);
		}
		if (cached == null) {
			this.verified.put(token, known);
		}
		return CallerAuthentication.of(known.caller());
	}

	private @Nullable Verified parse(String token) {
		if (!JwtProfile.isCompact(token, MAX_LENGTH)) {
			return null;
		}
		try {
			return read(signedClaims(token));
		}
		catch (JwtException | IllegalArgumentException ex) {
			return null;
		}
	}

	private Claims signedClaims(String token) {
		try {
			return this.parser.parseSignedClaims(token).getPayload();
		}
		catch (ExpiredJwtException ex) {
			// Thrown after the signature was verified, and before the issuer and the
			// audience are checked.
			return ex.getClaims();
		}
	}

	private @Nullable Verified read(Claims claims) {
		String subject = claims.getSubject();
		String session = claims.get(SESSION, String.class);
		if (subject == null || session == null || claims.getExpiration() == null || !this.profile.isOwn(claims)) {
			return null;
		}
		Caller caller = new Caller(new AccountId(NodeKind.USER.uuid(subject)), NodeKind.SESSION.uuid(session),
				claims.getExpiration().toInstant());
		return new Verified(caller, (claims.getIssuedAt() != null) ? claims.getIssuedAt().toInstant() : null);
	}

	/**
	 * Returns the session that a token claims, without verifying the signature: for
	 * comparisons only.
	 * @param token any text
	 * @return the session, or null if the text has none
	 */
	public static @Nullable UUID claimedSession(String token) {
		if (token.length() > MAX_LENGTH) {
			return null;
		}
		String[] parts = token.split("\\.", -1);
		byte[] payload = (parts.length == 3) ? Base64Url.decode(parts[1]) : null;
		if (payload == null) {
			return null;
		}
		try {
			Object claims = JwtJson.DESERIALIZER
				.deserialize(new StringReader(new String(payload, StandardCharsets.UTF_8)));
			return (claims instanceof Map<?, ?> members && members.get(SESSION) instanceof String session)
					? NodeKind.SESSION.uuid(session) : null;
		}
		catch (JwtException | IllegalArgumentException ex) {
			return null;
		}
	}

}
